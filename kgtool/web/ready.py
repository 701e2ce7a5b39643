"""What first visits would else wait for, made while nobody does: when a server begins, and when there is a new build."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from kgtool.errors import KgtoolError
from kgtool.terms import KG
from kgtool.web.address import HTML, Address, served
from kgtool.web.pages import PAGES
from kgtool.web.pages.policies import ONE, OTHER
from kgtool.web.site import Site, asset
from kgtool.web.visit import Visit

# What these pages ask is what every visitor would ask first: counts, lists of all there is, the words of the vocabulary.
SHARED = (
    Address(""), Address("things"), Address("map"), Address("sources"), Address("policies"), Address("ask"), Address("about"),
    Address("policies", given=(("one", ONE), ("other", OTHER))),
)
KINDS = ("Drug", "Disease", "Sign", "Source")  # of one thing each, the page, and of the first the picture too


def steps(site: Site) -> Iterator[Callable[[], object]]:
    """To be done one after the other, in any thread. Each is short, so that visitors who come meanwhile are not held up."""
    yield partial(list, PAGES.values())
    yield from (partial(site.templates.get_template, name) for name in site.templates.list_templates())
    yield site.settle
    yield from (partial(_visit, site, address) for address in SHARED)
    yield from (partial(_visit_one, site, kind) for kind in KINDS)
    yield partial(_visit_one, site, KINDS[0], "graph", "json")


def _visit(site: Site, address: Address) -> None:
    page = PAGES[f"{address.page}/" if address.name else address.page]
    with suppress(KgtoolError):  # whoever asks for it is told
        page.formats[address.format](Visit(site, site.graph, address, served, asset))


def _visit_one(site: Site, kind: str, page: str = "thing", format: str = HTML) -> None:
    """Whatever is the first of its kind: what the page of one needs is for the most part what those of others need too."""
    for iri in site.graph.names.of_kind(KG + kind)[:1]:
        _visit(site, Address(page, site.graph.store.prefixes.contract(iri), format))
