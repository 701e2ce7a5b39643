"""Everything that can be wrong with a graph, found and told in one report: shapes, checks, passages, identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad

from kgtool import rdf
from kgtool.catalogue import Query
from kgtool.progress import Tick, unwatched
from kgtool.report import Report
from kgtool.store import Store

# Of graphs of up to so many quads the triples are kept as well as what was found, to see what changes since.
MOST_KEPT = 3_000_000


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
    A shape file, table or query that cannot be read raises. ``tick`` is told how far it is.
    """
    # each takes a library of its own to import; a command that does not validate should not pay for them
    from kgtool.validate import checks as asked
    from kgtool.validate import coverage, since, spans, where
    from kgtool.validate import identifiers as labels
    from kgtool.validate import shapes as rules

    shapes, authored = list(shapes), list(authored)
    read = rules.read(shapes, root)
    table = labels.read(identifiers, store.prefixes, root)
    mapped = [row for path in mappings for row in labels.mapped(path, store.prefixes, root)]
    written, rules_of = Written(authored, root), since.digest(shapes, store)
    state = since.state(store, authored)
    tick("judging by shapes", 0, "", 0)
    judged = since.unchanged(kept, rules_of, state) if kept and changed else None
    if judged is None and store.count() > MOST_KEPT:
        judged = since.flowing(store, read, written, rules_of, state, tick)
    elif judged is None:
        before = since.read(kept) if kept and changed else None
        judged = since.report(store, read, written, rules_of, before, state, tick)
    if kept and judged.kept:
        since.write(kept, judged.kept)
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
        whole = whole + Report(covered={"focus nodes judged again": again})
    found = where.placed(whole.findings, [*authored, *shapes], root, store)
    return Report.of(found, whole.covered, whole.notes)

