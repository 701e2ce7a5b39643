"""The evidence map: drugs × conditions, each cell with what labels say, what studies show, what is open and disputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.terms import KG, Prefixes, Term

COLUMNS = ("drug", "condition", "status", "statuses", "certainty", "supports", "disputes", "neutral", "inThem", "gap",
           "disputed", "claims")
# From what a label grants most to what it says least; the status of a cell is the first that any label gives it.
STATUSES = ("ON", "HEDGED", "AGAINST", "OFF", "UNKNOWN")
GAPS = ("open", "contested", "closed")
_Use = tuple[str, str, str]
_Rows = list[tuple[Term | None, ...]]


@dataclass(frozen=True, order=True)
class Condition:
    """A sign in a disease, a sign of any cause, or a disease; ``sign`` or ``disease`` is empty where it is open."""

    label: str
    sign: str
    disease: str


@dataclass(frozen=True, order=True)
class Status:
    """What the label of one product says; ``only_if`` names what limits it, "" where nothing does."""

    verdict: str
    jurisdiction: str
    route: str
    product: str
    only_if: str
    judgement: str


@dataclass(frozen=True)
class Cell:
    """One use. All but the words of verdicts are IRIs: ``claims`` those that count and make it a use, ``evidence`` the
    judgements behind the numbers, ``gaps`` and ``disputed`` those of gaps in this population and of disputes about its
    claims. ``in_them`` counts the lines of evidence that come from people with this very condition."""

    drug: str
    condition: Condition
    claims: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    certainty: str = ""
    supports: int = 0
    disputes: int = 0
    neutral: int = 0
    in_them: int = 0
    evidence: tuple[str, ...] = ()
    gap: str = ""
    gaps: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """The most that any label grants; empty where no label was judged."""
        verdicts = {status.verdict for status in self.statuses}
        return next((verdict for verdict in STATUSES if verdict in verdicts), "")

    @property
    def conditional(self) -> bool:
        """Whether every label that grants the most limits it, to the severe or to an age."""
        return bool(self.status) and all(status.only_if for status in self.statuses if status.verdict == self.status)


@dataclass(frozen=True)
class Matrix:
    """Drugs and conditions in the order of their labels; ``cells`` row by row, none where nobody speaks of the use."""

    drugs: tuple[str, ...]
    conditions: tuple[Condition, ...]
    cells: tuple[Cell, ...]
    labels: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def by_place(self) -> dict[tuple[str, Condition], Cell]:
        """The cell where a row and a column meet, for those who draw."""
        return {(cell.drug, cell.condition): cell for cell in self.cells}


@dataclass(frozen=True)
class _Found:
    """What was read, by use (drug, sign, disease); gaps by drug and disease, disputes by claim."""

    claims: dict[_Use, _Rows]
    statuses: dict[_Use, _Rows]
    lines: dict[_Use, _Rows]
    gaps: dict[tuple[str, str], list[tuple[str, str, str]]]
    disputes: dict[str, list[str]]


def matrix(
    store: Store, queries: Mapping[str, Query], policy: str, release: str | None, jurisdiction: str | None = None,
    drugs: Collection[str] = (),
) -> Matrix:
    """The map of all uses that anybody speaks of, as one policy and one release of a hierarchy of diseases have them.

    A policy says whose claims, labels and studies count, never which uses are asked about: a use that only others speak
    of has a cell without claims. All labels count, or those of one jurisdiction; all drugs are rows, or some. The work
    grows with the drugs, not with the graph.
    """
    found = _read(store, queries, policy, release, jurisdiction, drugs)
    uses = sorted({*found.claims, *_unclaimed(found)})
    labels = _labels(store, found, uses)
    cells = sorted((_cell(use, found, labels) for use in uses), key=lambda cell: (labels[cell.drug], cell.drug, cell.condition))
    shown = dict.fromkeys(cell.drug for cell in cells)
    return Matrix(tuple(shown), tuple(sorted({cell.condition for cell in cells})), tuple(cells), labels)


def rows(made: Matrix, prefixes: Prefixes) -> Answer:
    """One row a cell, to be printed or kept as a table."""
    return Answer(COLUMNS, tuple(tuple(_row(cell, made.labels, prefixes)) for cell in made.cells), prefixes, made.labels)


def _read(
    store: Store, queries: Mapping[str, Query], policy: str, release: str | None, jurisdiction: str | None,
    drugs: Collection[str],
) -> _Found:
    """Drug by drug: asked of one, the engine begins with it; asked of several at once, it looks through everything."""
    of = sorted(drugs) or [drug.value for drug, in store.select(queries["drugs"].text).rows]

    def read(name: str, **bound: str | None) -> _Rows:
        asked = (queries[name].bind({"policy": policy, "drug": drug, **bound}) for drug in of)
        return [row for text in asked for row in store.select(text).rows]

    gaps = defaultdict(list)
    for drug, outcome, disease, state, judgement in read("map-gaps"):
        gaps[drug.value, disease.value].append((_iri(outcome), state.value, judgement.value))
    disputes = defaultdict(list)
    for claim, judgement in read("map-disputes"):
        disputes[claim.value].append(judgement.value)
    statuses = read("map-statuses", release=release, jurisdiction=jurisdiction)
    return _Found(_by_use(read("map-uses")), _by_use(statuses), _by_use(read("map-evidence")), gaps, disputes)


def _by_use(rows: _Rows) -> dict[_Use, _Rows]:
    found = defaultdict(list)
    for drug, sign, disease, *rest in rows:
        found[drug.value, _iri(sign), _iri(disease)].append(tuple(rest))
    return found


def _unclaimed(found: _Found) -> Iterator[_Use]:
    """Gaps in a population in which nobody speaks of a use: they are drawn too, or absence stays invisible."""
    spoken_of = {(drug, disease) for drug, _, disease in found.claims}
    for (drug, disease), gaps in found.gaps.items():
        if (drug, disease) not in spoken_of:
            yield from ((drug, outcome, disease) for outcome, _, _ in gaps)


def _labels(store: Store, found: _Found, uses: Iterable[_Use]) -> dict[str, str]:
    iris = {part for use in uses for part in use}
    iris |= {term.value for rows in found.statuses.values() for row in rows for term in row if isinstance(term, NamedNode)}
    iris |= {row[0].value for rows in found.lines.values() for row in rows}
    iris |= {state for gaps in found.gaps.values() for _, state, _ in gaps}
    said = store.labels(sorted(iris - {""}))
    return {iri: said.get(iri) or store.prefixes.contract(iri) for iri in sorted(iris)}


def _cell(use: _Use, found: _Found, labels: Mapping[str, str]) -> Cell:
    drug, sign, disease = use
    said = [(claim.value, counts.value == "true") for claim, counts in found.claims.get(use, ())]
    gaps = [gap for gap in found.gaps.get((drug, disease), ()) if gap[0] in ("", sign)]
    lines = [row for row in found.lines.get(use, ()) if row[1]]
    return Cell(
        drug=drug,
        condition=Condition(" in ".join(labels[part] for part in (sign, disease) if part), sign, disease),
        claims=tuple(sorted({claim for claim, counts in said if counts})),
        statuses=tuple(sorted(_status(row) for row in found.statuses.get(use, ()))),
        certainty=next((labels[row[0].value] for row in found.lines.get(use, ()) if row[1] is None), ""),
        **{word: sum(row[0].value == KG + word for row in lines) for word in ("supports", "disputes", "neutral")},
        in_them=sum(row[1].value == KG + "exactDirectness" for row in lines),
        evidence=tuple(sorted(row[2].value for row in found.lines.get(use, ()))),
        gap=next((word for word in GAPS if word in {labels[state] for _, state, _ in gaps}), ""),
        gaps=tuple(sorted(judgement for _, _, judgement in gaps)),
        disputed=tuple(sorted({judgement for claim, _ in said for judgement in found.disputes.get(claim, ())})),
    )


def _status(row: tuple[Term | None, ...]) -> Status:
    verdict, route, where, product, only_if, judgement = (_iri(term) for term in row)
    return Status(verdict.removeprefix(KG), where, route, product, only_if, judgement)


def _row(cell: Cell, labels: Mapping[str, str], prefixes: Prefixes) -> Iterator[Term | None]:
    yield NamedNode(cell.drug)
    yield Literal(cell.condition.label)
    for words in (cell.status, "; ".join(_told(cell.statuses, labels)), cell.certainty):
        yield Literal(words) if words else None
    for number in (cell.supports, cell.disputes, cell.neutral, cell.in_them):
        yield Literal(number)
    yield Literal(cell.gap) if cell.gap else None
    yield Literal(len(cell.disputed))
    yield Literal(" ".join(prefixes.contract(claim) for claim in cell.claims))


def _told(statuses: Iterable[Status], labels: Mapping[str, str]) -> Iterator[str]:
    """Each status once, with where and how: products that say the same are not told apart."""
    return iter(dict.fromkeys(
        f"{it.verdict} {labels[it.jurisdiction]} {labels[it.route]}" + (f" if {it.only_if}" if it.only_if else "")
        for it in statuses
    ))


def _iri(term: Term | None) -> str:
    return term.value if term is not None else ""
