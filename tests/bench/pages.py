"""What pages cost: CPU time of each, from the visit to the last byte, without the network; and how large they are.

    python -m tests.bench.pages                       on the founding graph
    python -m tests.bench.pages 0 21000 210000        on it, and on worlds of 10^5 and 10^6 triples with all that follows

Three visits are told apart, for most of what pages ask is kept for as long as their graph is: the first to a server that is
ready, as it is some seconds after its start and after each build (kgtool/web/ready.py); the first to a server that has made
nothing ready but its templates; and those after the first, as the median of seven. For each page all of it is done anew.

The first paint is a page with its style sheet and its scripts, each packed. The tables go to build/bench/pages.txt as well.
"""

from __future__ import annotations

import gzip
import re
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from statistics import median

import kgtool
from kgtool.graph import Graph
from kgtool.web import ready
from kgtool.web.address import Address, served
from kgtool.web.pages import PAGES
from kgtool.web.site import STATIC, Site, asset
from kgtool.web.stamp import stamp
from kgtool.web.visit import Visit
from tests.bench import aims, timing
from tests.bench.aims import Aim

ROUNDS, CPU_SECONDS = 7, 300
# On a world, what stands for the things of the founding graph is found in it.
PLAIN = ["", "about", "ask", "map", "things", "sources", "policies"]
_FIRST = "SELECT ?it WHERE {{ ?it a kg:{kind} }} ORDER BY ?it LIMIT 1"
KINDS = (
    "Drug", "Disease", "Sign", "ConditionInContext", "Study", "Organisation", "Source", "SourceVersion", "Claim", "LabelStatus",
    "GapStatus",
)


# What is spoken of most, where pages are longest.
_CROWDED = ("SELECT ?it WHERE {{ {{ SELECT ?it (COUNT(?claim) AS ?claims) WHERE {{ ?claim rdf:{end} ?it ; kg:saidIn ?version . "
            "FILTER(isIRI(?it)) }} GROUP BY ?it }} }} ORDER BY DESC(?claims) ?it LIMIT 1")


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds at the first visit to a server that is ready, to one that is not, and after; bytes, packed bytes, and
    packed bytes with all that the page loads."""

    first: float
    unready: float
    after: float
    size: int
    packed: int
    paint: int


def main(*sizes: int) -> None:
    told = [line for size in sizes or (0,) for line in _table(size)]
    timing.PRODUCTS.mkdir(parents=True, exist_ok=True)
    (timing.PRODUCTS / "pages.txt").write_text("\n".join(told) + "\n", encoding="utf-8")


def _table(triples: int) -> Iterator[str]:
    graph, costs = _world(triples), {}
    yield _said(f"{f'a world of {triples:,} triples before derivation' if triples else 'the founding graph'}\n"
                f"{'CPU ms':>9} {'first':>9} {'unready':>9} {'kB':>7} {'gz kB':>7} {'paint kB':>9}")
    for address in dict.fromkeys(_addresses(graph)):  # what is spoken of most may be the first of its kind as well
        cost = costs[served(address)] = _cost(triples, address)
        yield _said(f"{cost.after:9.1f} {cost.first:9.1f} {cost.unready:9.1f} {cost.size / 1e3:7.1f} {cost.packed / 1e3:7.1f} "
                    f"{cost.paint / 1e3:9.1f}  {served(address)[:80]}")
    after, first, unready = zip(*((cost.after, cost.first, cost.unready) for cost in costs.values()), strict=True)
    yield _said(f"medians {median(after):.1f}, {median(first):.1f}, {median(unready):.1f} ms; "
                f"slowest first visit {max(first):.1f} ms, {max(costs, key=lambda name: costs[name].first)}\n")
    aims.tell(f"pages-{triples}", _aims(triples, costs.values()))


def _aims(triples: int, costs: Collection[Cost]) -> Iterator[Aim]:
    of, most = (f"of a world of {triples:,}", 100) if triples else ("of the founding graph", 30)
    yield Aim(f"the slowest page {of}, first visit, ms", max(cost.first for cost in costs), most=most)
    yield Aim(f"the slowest page {of}, by a server that is not ready, ms", max(cost.unready for cost in costs), most=most)
    yield Aim(f"the slowest page {of}, visited again, ms", max(cost.after for cost in costs), most=most)
    yield Aim(f"the most loaded before a page {of} shows, kB packed", max(cost.paint for cost in costs) / 1e3, most=100)


def _site(triples: int) -> Site:
    """With its templates compiled, as a server keeps them from one start to the next, and nothing asked."""
    graph = _world(triples)
    site = Site(graph.project, compiled=timing.PRODUCTS / "templates", opened=(graph, stamp(graph.project.store)))
    list(PAGES.values())
    for name in site.templates.list_templates():
        site.templates.get_template(name)
    return site


def _made_ready(site: Site) -> Site:
    for step in ready.steps(site):
        step()
    return site


def _said(line: str) -> str:
    print(line, flush=True)
    return line


def _cost(triples: int, address: Address) -> Cost:
    """Each server is a process of its own, where what those before it left is not looked through for garbage meanwhile."""
    (unready,), _ = timing.apart(lambda: _visited(lambda: _site(triples), address, 1), CPU_SECONDS)
    (first, *rest), page = timing.apart(lambda: _visited(lambda: _made_ready(_site(triples)), address, ROUNDS + 1), CPU_SECONDS)
    loaded = {name for name in re.findall(r'(?:src|href)="/static/([^"?]+)', page) if (STATIC / name).is_file()}
    packed = _packed(page.encode())
    beside = sum(_packed((STATIC / name).read_bytes()) for name in loaded)
    return Cost(first, unready, median(rest), len(page.encode()), packed, packed + beside)


def _visited(begin: Callable[[], Site], address: Address, times: int) -> tuple[list[float], str]:
    """How long each of so many visits took, and the page."""
    signal.setitimer(signal.ITIMER_PROF, 0)  # while there is a limit of processor time, the system tells it by the tick
    site, made = begin(), PAGES[f"{address.page}/" if address.name else address.page].formats["html"]
    visit = Visit(site, site.graph, address, served, asset)
    return [_took(lambda: made(visit)) for _ in range(times)], made(visit)


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def _world(triples: int) -> Graph:
    if not triples:
        return kgtool.open()
    from tests.bench import kept

    return kept.graph(triples)


def _addresses(graph: Graph) -> Iterator[Address]:
    yield from map(Address, PLAIN)
    yield Address("policies", given=(("one", "everything-said"), ("other", "regulators-only")))
    yield Address("policies", given=(("one", "default"), ("other", "everything-said")))  # which no server makes ready
    yield Address("judged", given=(("kind", "LabelStatus"), ("verdict", "ON")))
    yield Address("search", given=(("q", "spasticity"),))
    yield Address("ask", "gaps")
    contract = graph.store.prefixes.contract
    for kind in KINDS:
        for (iri,) in graph.store.select(_FIRST.format(kind=kind)).rows:
            yield Address("thing", contract(iri.value))
    for end in ("subject", "object"):
        for (iri,) in graph.store.select(_CROWDED.format(end=end)).rows:
            yield Address("thing", contract(iri.value))
            yield Address("judged", given=(("thing", contract(iri.value)),))


def _took(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
