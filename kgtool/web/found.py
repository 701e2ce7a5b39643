"""From the name in an address to the thing it means."""

from __future__ import annotations

import re

from kgtool.errors import WrongUse
from kgtool.web.visit import Elsewhere, NotFound, Visit

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\\x00-\x20]+")


def thing(visit: Visit) -> str:
    """The IRI of what a page is about.

    Raises Elsewhere where it goes by another name than the shortest, NotFound where there is none.
    """
    typed, prefixes = visit.address.name, visit.graph.store.prefixes
    iri = prefixes.expand(typed) or typed
    if _IRI.fullmatch(iri) and visit.graph.store.ask(
        f"ASK {{ {{ <{iri}> ?part ?value }} UNION {{ GRAPH ?graph {{ <{iri}> ?part ?value }} }} }}"  # hierarchies stand apart
    ):
        if prefixes.contract(iri) != typed:
            raise Elsewhere(prefixes.contract(iri))
        return iri
    try:
        raise Elsewhere(prefixes.contract(visit.graph.names.resolve(typed)))
    except WrongUse as error:
        raise NotFound(str(error)) from error
