"""Validation since last time: what the shapes found then is kept beside the store, and only what changed is judged again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, Quad

from kgtool import __version__, rdf
from kgtool.errors import Place
from kgtool.progress import Tick, counted, unwatched
from kgtool.report import Finding, Report
from kgtool.shacl import (
    Data,
    Forms,
    Result,
    Triples,
    affected,
    around,
    as_written,
    focus_counts,
    judge,
    load,
    restored,
    stored,
    worth_it,
)
from kgtool.store import Manifest, Store
from kgtool.terms import Term
from kgtool.validate import told
from kgtool.validate.branches import MOST, reasons
from kgtool.validate.shapes import all_rules, judged, left, usable

KEPT = "validated.gz"
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)
_PACKAGE = Path(__file__).parents[1]
# Why all is judged where --changed was asked for.
_NOTHING_KEPT = "nothing that can be read was kept of a validation before"
_OTHER_SHAPES = "the shapes, or what judges by them, are not those of last time"
_OTHER_ENGINE = "some shapes are judged by pySHACL, which judges all"
_NOT_TOLD = "what was built since is not told: it changed too much, or what it changed was not compared"
_TOO_MANY = "what changed can matter to more than a fifth of all things"
_CROWDED = f"of more than {MOST} findings of one kind only the first are told with their reasons"


@dataclass(frozen=True)
class Kept:
    """What the shapes found, finding by finding with the focus node it began at.

    ``rules`` is the digest of the shapes and of the engine; ``notes`` name the shapes that another engine judged. ``written``
    are the triples whose literals a store may change, as lines of N-Triples; ``build`` is the name of the generation, empty
    for a graph that has none, and ``files`` a digest of those that literals are restored from.
    """

    rules: str
    focus_nodes: int
    found: tuple[tuple[str, Finding], ...]
    notes: tuple[str, ...]
    written: frozenset[str]
    build: str = ""
    files: str = ""


@dataclass(frozen=True)
class Since:
    """A report and what to keep of it, if anything; ``again`` is how many focus nodes were judged, None where all were, and
    ``why``."""

    report: Report
    kept: Kept | None
    again: int | None
    why: str = ""


class _InFull(Exception):
    """All has to be judged; its message is why."""


def report(store: Store, shapes: Sequence[Quad], written: Iterable[Quad] = (), rules: str = "", tick: Tick = unwatched) -> Since:
    """What SHACL reports, with the message (sh:message) and remedy (sh:description) of the rule that was broken.

    Literals are judged as they stand in ``written``, the files the store was made from. The triples flow into what is judged
    and are not held beside it.
    """
    forms, asked, shown = as_written(written), all_rules(shapes, store.prefixes), store.prefixes.contract
    data = load(restored(counted(store.quads(), tick, "read", "quads"), forms))
    with usable(store.prefixes):
        outcome = judged(data, asked)
    many, found = sum(focus_counts(data, asked).values()), _found(outcome.results, asked, data, shown)
    kept = Kept(rules, many, found, tuple(left(outcome, shown)), _lines(forms))
    return Since(_report(kept), kept, None)


def revised(
    store: Store, shapes: Sequence[Quad], written: Iterable[Quad] = (), rules: str = "",
    before: Kept | None = None, changed: Iterable[str] | None = None, tick: Tick = unwatched,
) -> Since:
    """The same report, begun from the one ``before``: only what changed can matter to is judged again, and only the triples
    that this may read are loaded.

    ``changed`` are all triples that came or went since, as lines of N-Triples, and perhaps others; None where that is not
    known. Where one cannot begin from there all is judged.
    """
    try:
        return _partly(store, shapes, written, _usable(before, rules), changed)
    except _InFull as reason:
        return replace(report(store, shapes, written, rules, tick), why=str(reason))


def _usable(before: Kept | None, rules: str) -> Kept:
    if before is None:
        raise _InFull(_NOTHING_KEPT)
    if before.rules != rules:
        raise _InFull(_OTHER_SHAPES)
    if before.notes:
        raise _InFull(_OTHER_ENGINE)
    return before


def _partly(
    store: Store, shapes: Sequence[Quad], written: Iterable[Quad], before: Kept, changed: Iterable[str] | None
) -> Since:
    if changed is None:
        raise _InFull(_NOT_TOLD)
    asked, forms = Triples(all_rules(shapes, store.prefixes)), as_written(written)
    nodes, near = _touched(store, asked, {*changed, *(_lines(forms) ^ before.written)}, worth_it(before.focus_nodes))
    data, again = load(restored(near, forms)), set(map(str, nodes))
    found = _found(judge(data, asked, among=nodes).results, asked.quads, data, store.prefixes.contract)
    stays = tuple(pair for pair in before.found if pair[0] not in again)
    if _are_crowded(before.found) or _are_crowded(stays + found):
        raise _InFull(_CROWDED)
    kept = replace(before, found=stays + found, written=_lines(forms))
    return Since(_report(kept), kept, len(nodes))


def _touched(store: Store, asked: Triples, changed: Iterable[str], most: int) -> tuple[Sequence[Term], Iterable[Quad]]:
    """The focus nodes that changed triples can matter to, and the triples that judging them may read."""
    here = stored(store.engine)
    nodes = affected(here, asked, rdf.from_lines(changed), most)
    # of a literal the store does not know how it was written
    if nodes is None or any(isinstance(node, Literal) for node in nodes):
        raise _InFull(_TOO_MANY)
    near = around(here, asked, nodes, most)
    if near is None:
        raise _InFull(_TOO_MANY)
    return nodes, near


def _lines(forms: Forms) -> frozenset[str]:
    return frozenset(rdf.lines(Quad(thing, along, form) for (thing, along, _), some in forms.items() for form in some))


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


def files(authored: Iterable[Path]) -> str:
    """One digest of the files that literals are restored from."""
    whole = hashlib.sha256()
    for path in authored:
        whole.update(os.fsencode(path) + b" " + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def unchanged(before: Kept | None, rules: str, build: str, files: str) -> Since | None:
    """The report that was kept of the very same build by the very same shapes."""
    if before and build and (before.rules, before.build, before.files) == (rules, build, files):
        return Since(_report(before), None, 0)
    return None


def read(folder: Path) -> Kept | None:
    """What was kept; None where nothing was, or nothing that can be read: then all is judged."""
    with suppress(*_UNREADABLE):
        said = json.loads(gzip.decompress((folder / KEPT).read_bytes()))
        found = tuple((origin, _finding(fields)) for origin, fields in said.pop("found"))
        return Kept(**said | {"found": found, "notes": tuple(said["notes"]), "written": frozenset(said["written"])})
    return None


def _finding(fields: dict[str, object]) -> Finding:
    place = fields.pop("place")
    return Finding(**fields, place=Place(*place) if place else None)


def write(folder: Path, kept: Kept) -> None:
    """Keep it for the next time, by one rename. Where the folder cannot be written to, the next time judges all."""
    found = [[origin, asdict(finding)] for origin, finding in kept.found]
    said = vars(kept) | {"found": found, "written": sorted(kept.written)}
    beginning = folder / f"{KEPT}.{os.getpid()}"
    with suppress(OSError):
        beginning.write_bytes(gzip.compress(json.dumps(said).encode(), 1, mtime=0))
        os.replace(beginning, folder / KEPT)
