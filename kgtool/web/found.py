"""From the name in an address to the thing it means."""

from __future__ import annotations

import re

from kgtool.errors import WrongUse
from kgtool.web.visit import Elsewhere, NotFound, Visit

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\\x00-\x20]+")


def iri(visit: Visit, typed: str) -> str:
    """What a CURIE or an IRI in an address stands for; empty where it is neither, so that it can go into no query."""
    whole = visit.graph.store.prefixes.expand(typed) or typed
    return whole if _IRI.fullmatch(whole) else ""


def thing(visit: Visit) -> str:
    """The IRI of what a page is about.

    Raises Elsewhere where it goes by another name than the shortest, NotFound where there is none.
    """
    typed, prefixes = visit.address.name, visit.graph.store.prefixes
    named = iri(visit, typed)
    if named and visit.graph.store.ask(
        f"ASK {{ {{ <{named}> ?part ?value }} UNION {{ GRAPH ?graph {{ <{named}> ?part ?value }} }} }}"  # hierarchies stand apart
    ):
        if prefixes.contract(named) != typed:
            raise Elsewhere(prefixes.contract(named))
        return named
    try:
        raise Elsewhere(prefixes.contract(visit.graph.names.resolve(typed)))
    except WrongUse as error:
        raise NotFound(str(error)) from error
