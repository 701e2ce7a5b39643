"""Validation since last time: what the shapes found then is kept beside the store, and only what changed is judged again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyoxigraph import Quad

from kgtool import __version__, rdf
from kgtool.errors import Place
from kgtool.progress import Tick, counted, unwatched
from kgtool.report import Finding, Report
from kgtool.shacl import Data, Result, Triples, affected, focus_counts, judge, load, restored, worth_it
from kgtool.store import Manifest, Store
from kgtool.validate import told
from kgtool.validate.branches import MOST, reasons
from kgtool.validate.shapes import all_rules, judged, left, usable

# One line of JSON with all but the triples, which then follow, one a line.
KEPT = "validated.gz"
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Kept:
    """What the shapes found, finding by finding with the focus node it began at, and the triples they found it in.

    ``rules`` is the digest of the shapes and of the engine; ``notes`` name the shapes that another engine judged. ``state`` is
    what that of the graph was; empty where it has none.
    """

    rules: str
    focus_nodes: int
    found: tuple[tuple[str, Finding], ...]
    notes: tuple[str, ...]
    triples: frozenset[str]
    state: str = ""


@dataclass(frozen=True)
class Since:
    """A report and what to keep of it, if anything; ``again`` is how many focus nodes were judged, None where all were."""

    report: Report
    kept: Kept | None
    again: int | None


def flowing(
    store: Store, shapes: Sequence[Quad], written: Iterable[Quad], rules: str = "", state: str = "", tick: Tick = unwatched
) -> Since:
    """The report on a graph so large that its triples are neither held nor kept: they flow into what is judged."""
    found = _in_full(store, shapes, restored(_read(store, tick), written), frozenset(), rules)
    note = "--changed judges all of so large a graph, or nothing where it was not built anew"
    kept = replace(found, notes=(*found.notes, note), state=state)
    return Since(_report(kept), kept, None)


def report(
    store: Store, shapes: Sequence[Quad], written: Iterable[Quad] = (), rules: str = "",
    before: Kept | None = None, state: str = "", tick: Tick = unwatched,
) -> Since:
    """What SHACL reports, with the message (sh:message) and remedy (sh:description) of the rule that was broken.

    Literals are judged as they stand in ``written``, the files the store was made from. All is judged where ``before`` is
    None or of other shapes than those with the digest ``rules``, and where too much has changed.
    """
    quads = list(restored(_read(store, tick), written))
    triples = frozenset(rdf.lines(quads))
    if before and before.rules == rules and not before.notes and before.triples:
        if triples == before.triples:
            return Since(_report(before), replace(before, state=state), 0)
        if partly := _partly(store, shapes, quads, triples, replace(before, state=state)):
            return partly
    kept = replace(_in_full(store, shapes, quads, triples, rules), state=state)
    return Since(_report(kept), kept, None)


def _read(store: Store, tick: Tick) -> Iterator[Quad]:
    return counted(store.quads(), tick, "read", "quads")


def _in_full(store: Store, shapes: Sequence[Quad], quads: Iterable[Quad], triples: frozenset[str], rules: str) -> Kept:
    asked, data, shown = all_rules(shapes, store.prefixes), load(quads), store.prefixes.contract
    with usable(store.prefixes):
        outcome = judged(data, asked)
    counts = focus_counts(data, asked)
    return Kept(rules, sum(counts.values()), _found(outcome.results, asked, data, shown), tuple(left(outcome, shown)), triples)


def _partly(
    store: Store, shapes: Sequence[Quad], quads: list[Quad], triples: frozenset[str], before: Kept
) -> Since | None:
    asked, data = Triples(all_rules(shapes, store.prefixes)), load(quads)
    changed = rdf.from_lines(triples ^ before.triples)
    nodes = affected(data, asked, changed, worth_it(before.focus_nodes))
    if nodes is None:
        return None
    again = set(map(str, nodes))
    found = _found(judge(data, asked, among=nodes).results, asked.quads, data, store.prefixes.contract)
    stays = tuple(pair for pair in before.found if pair[0] not in again)
    if _are_crowded(before.found) or _are_crowded(stays + found):
        return None
    kept = replace(before, found=stays + found, triples=triples)
    return Since(_report(kept), kept, len(nodes))


def _are_crowded(found: Iterable[tuple[str, Finding]]) -> bool:
    """Whether only the first of many findings of a kind are told with their reasons: which those are, all of them tell."""
    return any(many > MOST for many in Counter((f.shape, f.component) for _, f in found).values())


def _found(results: Sequence[Result], rules: Sequence[Quad], data: Data, shown: told.Shown) -> tuple[tuple[str, Finding], ...]:
    findings, why = told.findings(results, rules, shown), reasons(results, data, rules, shown)
    return tuple(
        (str(r.origin or r.focus), replace(finding, message=finding.message + reason))
        for r, finding, reason in zip(results, findings, why, strict=True)
    )


def _report(kept: Kept) -> Report:
    return Report.of((finding for _, finding in kept.found), notes=kept.notes)


def digest(shapes: Iterable[Path], store: Store) -> str:
    """One digest of all but the data that the report depends on: shapes, prefixes and the code that judges."""
    whole = hashlib.sha256(f"{__version__} {Manifest.engine} {sorted(store.prefixes.items())}".encode())
    for path in shapes:
        whole.update(path.read_bytes())
    for entry in sorted(_PACKAGE.glob("shacl/*.py")) + sorted(_PACKAGE.glob("validate/*.py")):
        stat = os.stat(entry)
        whole.update(f"{entry.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return whole.hexdigest()


def state(store: Store, authored: Iterable[Path]) -> str:
    """What a graph on disk is, without a look at its triples: the name of its build, which no other one has, and a digest of
    the files that its literals are restored from. Empty for a graph that may still change."""
    if store.folder is None:
        return ""
    files = hashlib.sha256()
    for path in authored:
        files.update(f"{path} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"{store.folder.name} {files.hexdigest()}"


def unchanged(folder: Path, rules: str, state: str) -> Since | None:
    """The report that was kept of the very same build by the very same shapes; nothing else is read for it."""
    with suppress(*_UNREADABLE), gzip.open(folder / KEPT) as file:
        kept = _kept(file.readline(), ())
        if state and (kept.rules, kept.state) == (rules, state):
            return Since(_report(kept), None, 0)
    return None


def read(folder: Path) -> Kept | None:
    """What was kept; None where nothing was, or nothing that can be read: then all is judged."""
    with suppress(*_UNREADABLE):
        first, _, triples = gzip.decompress((folder / KEPT).read_bytes()).decode().partition("\n")
        return _kept(first, triples.split("\n") if triples else ())
    return None


def _kept(first: str | bytes, triples: Iterable[str]) -> Kept:
    said = json.loads(first)
    found = tuple((origin, _finding(fields)) for origin, fields in said["found"])
    return Kept(said["rules"], said["focus_nodes"], found, tuple(said["notes"]), frozenset(triples), said["state"])


def _finding(fields: dict[str, object]) -> Finding:
    place = fields.pop("place")
    return Finding(**fields, place=Place(**place) if place else None)


def write(folder: Path, kept: Kept) -> None:
    """Keep it for the next time, by one rename. Where the folder cannot be written to, the next time judges all."""
    said = {name: value for name, value in vars(kept).items() if name != "triples"}
    said["found"] = [[origin, asdict(finding)] for origin, finding in kept.found]
    beginning = folder / f"{KEPT}.{os.getpid()}"
    with suppress(OSError):
        lines = (json.dumps(said), *sorted(kept.triples))
        beginning.write_bytes(gzip.compress("\n".join(lines).encode(), 1, mtime=0))
        os.replace(beginning, folder / KEPT)
