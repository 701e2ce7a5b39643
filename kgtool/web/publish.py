"""The whole explorer as plain files, which any web host, any of its folders, or a USB stick serves.

Every page that a page links to is written, beginning at the start; what only a server can answer (search by form,
questions with other parameters, SPARQL) is linked to by none of them. Texts of others are never at hand here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kgtool import exporters
from kgtool.project import Project
from kgtool.terms import NOT_MEDICAL_ADVICE
from kgtool.web import crate, files
from kgtool.web.address import HTML, Address
from kgtool.web.aside import Drawing
from kgtool.web.page import Page, Shown
from kgtool.web.pages import PAGES, neighbourhood, validation
from kgtool.web.site import STATIC, Site
from kgtool.web.visit import POLICED, Elsewhere, NotFound, Visit

ASSETS = ("style.css", "search.js", "built/favicon.svg", "built/graph.css", "built/graph.js")
NAMES = "static/search-index.js"
# What a page made of files may link to, by page and format: the data of single claims and judgements are in the dumps.
_FIT = {
    "": (HTML,), "about": (HTML,), "ask": (HTML, "csv", "rq"), "graph": ("svg", "json"), "judged": (HTML,),
    "map": (HTML, "csv"), "policies": (HTML, "csv"),
    "sources": (HTML, "csv"), "thing": (HTML,), "things": (HTML, "csv"), "use": (HTML,), "validation": (HTML, "json"),
}


@dataclass(frozen=True)
class Published:
    pages: int
    bytes: int


def publish(
    project: Project, folder: Path, date: str = "", told: Callable[[int, int], None] = lambda done, known: None
) -> Published:
    """Write the explorer of a built project. ``told`` hears how many pages are done of those known so far.

    The same graph gives the same bytes. What was there before stays until all is written.
    """
    with files.replaced(folder) as beginning:
        # a folder for texts that does not exist: whatever the reader has at hand, none of it is republished
        site = Site(replace(project, texts=beginning / "no texts"), compiled=project.texts.parent / "templates")
        validation.report(site.graph)  # while the files are those that the graph was made of: they may change meanwhile
        with Drawing(_write) as drawing:
            count = _pages(site, beginning, drawing, told)
        _assets(beginning)
        _write(beginning / NAMES, _names(site))
        dumps = dict(_dumps(site))
        for name, content in dumps.items():
            _write(beginning / name, content)
        for name, content in crate.described(site.graph, dumps, date).items():
            _write(beginning / name, content)
        size = sum(path.stat().st_size for path in beginning.rglob("*") if path.is_file())
    return Published(count, size)


def fits(address: Address) -> bool:
    """Whether a page can be a file among files."""
    given = dict(address.given)
    if given and (address.page == "ask" or (address.page == "thing" and address.format != HTML)):
        return False
    if {"show", "about"} & set(given) and address.page == "map":
        return False
    if "policy" in given and address.page in POLICED:  # each thing under each policy would be as many times more files
        return False
    return address.format in _FIT.get(address.page, ())


def _pages(site: Site, folder: Path, drawing: Drawing, told: Callable[[int, int], None]) -> int:
    """Every page that can be reached from the start or found by the search."""
    graph = site.graph
    things = (graph.store.prefixes.contract(row[0].value) for row in graph.store.select(graph.views["search-names"].text).rows)
    waiting = [Address(""), *(Address("thing", name) for name in things)]
    known = set(waiting)
    for done, address in enumerate(waiting):  # grows while it is gone through
        here = files.name(address)
        linked: list[Address] = []
        # rows of the graph view are read by pages of things, and say where things are as seen from there
        link = files.link(here if address.page != "graph" else files.name(Address("thing", "any")), fits)

        def reach(to: Address, link=link, linked=linked) -> str:
            if fits(to):
                linked.append(to)
            return link(to)

        visit = Visit(site, graph, address, reach, files.asset(here), alone=True)
        if (address.page, address.format) == ("graph", "svg"):
            drawing.draw(folder / here, neighbourhood.pictured(visit))
        else:
            _write(folder / here, _made(PAGES[f"{address.page}/" if address.name else address.page], visit))
        fresh = [to for to in dict.fromkeys(linked) if to not in known]
        known.update(fresh)
        waiting += fresh
        told(done + 1, len(waiting))
    return len(waiting)


def _made(page: Page, visit: Visit) -> str | bytes:
    """What the server would answer; a page that links to what is not there is a fault of ours, and says where."""
    try:
        made = page.formats[visit.address.format](visit)
        return "".join(made) if isinstance(made, Iterator) else made
    except (Shown, Elsewhere, NotFound) as error:
        raise RuntimeError(f"{visit.address} is linked to and is no page: {error}") from error


def _assets(folder: Path) -> None:
    for name in ASSETS:
        _write(folder / "static" / name, (STATIC / name).read_bytes())


def _dumps(site: Site) -> Iterator[tuple[str, bytes]]:
    chosen = exporters.select(site.graph.store)
    for name in files.DUMPS:
        yield name, exporters.write(chosen, Path(name).suffix)


def _names(site: Site) -> str:
    """Everything that can be searched for, as a script, since a page that is a file may not fetch others."""
    graph = site.graph
    rows = graph.store.select(graph.views["search-names"].text)
    labels = graph.labelled(rows).labels
    contract = graph.store.prefixes.contract
    listed = [
        [label.value, more.value if more else "", labels.get(kind.value, ""), contract(thing.value),
         files.name(Address("thing", contract(thing.value)))]
        for thing, kind, label, more in rows.rows
    ]
    said = json.dumps({"notice": NOT_MEDICAL_ADVICE, "root": NAMES, "rows": listed}, ensure_ascii=False, separators=(",", ":"))
    return f"self.kgtoolNames={said};\n"


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
