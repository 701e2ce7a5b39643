"""What a server makes before anybody asks for it: what every visitor needs, of each build anew."""

from __future__ import annotations

import asyncio
import re

from kgtool import build
from kgtool.store import Store
from kgtool.web import kept, ready, serve
from kgtool.web.address import served
from kgtool.web.pages import PAGES
from kgtool.web.site import Site, asset
from kgtool.web.visit import Visit


def test_of_pages_that_are_ready_nothing_is_asked(founding, monkeypatch):
    site, asked = Site(founding.project), []
    for step in ready.steps(site):
        step()
    ask = Store._run
    monkeypatch.setattr(Store, "_run", lambda store, query: asked.append(query) or ask(store, query))
    for address in ready.SHARED:
        assert PAGES[address.page].formats["html"](Visit(site, site.graph, address, served, asset))
    assert not asked
    site.graph.store.ask("ASK {}")
    assert asked == ["ASK {}"]


def test_a_new_build_is_made_ready_before_anybody_asks(world, monkeypatch):
    monkeypatch.setattr(serve, "SECONDS_UNTIL_ALL", 0.01)
    build.build(world)
    site = Site(world)

    async def served_on() -> None:
        keeping = asyncio.create_task(serve._keep_ready(site))
        first = await _ready(site)
        things = world.root / "graph_data" / "about.ttl"
        written = things.read_text(encoding="utf-8")
        things.write_text(re.sub(r'rdfs:label "[^"]+"@en', 'rdfs:label "Something new"@en', written, count=1), encoding="utf-8")
        build.build(world)
        assert await _ready(site, first) is not first
        keeping.cancel()

    asyncio.run(asyncio.wait_for(served_on(), 60))


async def _ready(site: Site, but: object = None) -> object:
    """The graph of which the start is ready, once there is one other than that of before."""
    while (graph := site._opened) is but or graph is None or "overview" not in kept._kept.get(graph, ()):
        await asyncio.sleep(0.01)
    return graph
