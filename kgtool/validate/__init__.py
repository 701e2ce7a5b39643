"""Everything that can be wrong with a graph, found and told in one report: shapes, checks, passages, identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Quad

from kgtool import moments, rdf
from kgtool.catalogue import Query
from kgtool.progress import Tick, unwatched
from kgtool.report import Report
from kgtool.store import Store, changes

if TYPE_CHECKING:
    from kgtool.validate.since import Since


@dataclass(frozen=True)
class Written:
    """What files say, read anew each time rather than held."""

    files: Sequence[Path]
    root: Path

    def __iter__(self) -> Iterator[Quad]:
        return (quad for path in self.files for quad in rdf.read(path, self.root))


def validate(
    store: Store,
    *,
    root: Path,
    shapes: Iterable[Path],
    checks: Mapping[str, Query],
    texts: Mapping[str, str],
    identifiers: Path,
    mappings: Iterable[Path] = (),
    authored: Iterable[Path] = (),
    require_text: bool = False,
    kept: Path | None = None,
    changed: bool = False,
    tick: Tick = unwatched,
) -> Report:
    """One report on the whole graph, each finding with the place in a file where it can be mended.

    ``texts`` maps version IRIs to the texts at hand, ``identifiers`` and ``mappings`` are tables of labels,
    ``authored`` the Turtle files the graph was built from. What the shapes found is kept in the folder ``kept``; where only
    what has ``changed`` is to be judged, the shapes begin from what is kept there. All else is always looked at in full.
    A shape file, table or query that cannot be read raises, and so does a file that is changed meanwhile: nothing is kept
    then. ``tick`` is told how far it is.
    """
    # each takes a library of its own to import; a command that does not validate should not pay for them
    from kgtool.validate import checks as asked
    from kgtool.validate import coverage, since, spans, where
    from kgtool.validate import identifiers as labels
    from kgtool.validate import shapes as rules

    shapes, authored, mappings = list(shapes), list(authored), list(mappings)
    begun = moments.looks([*shapes, *authored, *mappings, identifiers])
    read = rules.read(shapes, root)
    table = labels.read(identifiers, store.prefixes, root)
    mapped = [row for path in mappings for row in labels.mapped(path, store.prefixes, root)]
    tick("judging by shapes", 0, "", 0)
    judged = _by_shapes(store, read, Written(authored, root), since.digest(shapes, store), kept, changed, tick)
    tick("looking at checks, passages and identifiers", 0, "", 0)
    whole = (
        judged.report
        + coverage.report(store, read)
        + asked.report(store, checks)
        + spans.report(store, texts, require_text)
        + labels.report(store, table, mapped)
    )
    if changed:
        again = whole.covered["focus nodes"] if judged.again is None else judged.again
        why = (f"--changed judged all: {judged.why}",) if judged.why else ()
        whole = whole + Report(covered={"focus nodes judged again": again}, notes=why)
    found = where.placed(whole.findings, [*authored, *shapes], root, store)
    moments.check(begun, root=root)
    if kept and judged.kept:
        since.write(kept, judged.kept)
    return Report.of(found, whole.covered, whole.notes)


def _by_shapes(
    store: Store, shapes: Sequence[Quad], written: Written, rules: str, kept: Path | None, changed: bool, tick: Tick
) -> Since:
    """What the shapes find, and what to keep of it for the next time."""
    from kgtool.validate import since

    files, build = since.files(written.files), store.folder.name if store.folder else ""
    if changed:
        before = since.read(kept) if kept else None
        if same := since.unchanged(before, rules, build, files):
            return same
        lines = changes.since(store.folder, before.build) if before and store.folder else None
        judged = since.revised(store, shapes, written, rules, before, lines, tick)
    else:
        judged = since.report(store, shapes, written, rules, tick)
    return replace(judged, kept=replace(judged.kept, build=build, files=files))
