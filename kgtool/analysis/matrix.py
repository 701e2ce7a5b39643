"""The evidence map: drugs × conditions, each cell with what labels say, what studies show, what is open and disputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.store import GraphStore
from kgtool.terms import KG, PROV, Prefixes, Term

COLUMNS = ("drug", "condition", "status", "statuses", "certainty", "supports", "disputes", "neutral", "inThem", "gap",
           "disputed", "claims")
# From what a label grants most to what it says least; the status of a cell is the first that any label gives it.
STATUSES = ("ON", "HEDGED", "AGAINST", "OFF", "UNKNOWN")
GAPS = ("open", "contested", "closed")
_PLACE = (KG + "useOf", KG + "forSign", KG + "forDisease")
_CLAIM = PROV + "wasDerivedFrom"
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
    judgements behind the numbers, ``gaps`` those of gaps in this population. ``in_them`` counts the lines of evidence that
    come from people with this very condition, ``disputed`` the disputes about its claims."""

    use: str
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
    disputed: int = 0

    @property
    def status(self) -> str:
        """The most that any label grants; empty where no label was judged."""
        verdicts = {status.verdict for status in self.statuses}
        return next((verdict for verdict in STATUSES if verdict in verdicts), "")


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
    """What was read, by use."""

    parts: dict[str, dict[str, list[str]]]
    statuses: dict[str, _Rows]
    verdicts: dict[str, _Rows]
    disputes: dict[str, int]


def matrix(
    store: GraphStore, queries: Mapping[str, Query], policy: str, release: str | None, jurisdiction: str | None = None,
    drugs: Collection[str] | None = None,
) -> Matrix:
    """The map of all uses that anybody speaks of, as one policy and one release of a hierarchy of diseases have them.

    A policy says whose claims, labels and studies count, never which uses are asked about: a use that only others speak
    of has a cell without claims. All labels count, or those of one jurisdiction; all drugs are rows, or some. The work
    grows with the uses that are shown, not with the graph.
    """
    found = _read(store, queries, policy, release, jurisdiction, None if drugs is None else tuple(drugs))
    labels = _labels(store, found)
    cells = [_cell(use, found, labels) for use in found.parts]
    cells.sort(key=lambda cell: (labels[cell.drug], cell.drug, cell.condition))
    shown = dict.fromkeys(cell.drug for cell in cells)
    return Matrix(tuple(shown), tuple(sorted({cell.condition for cell in cells})), tuple(cells), labels)


def places(store: GraphStore, queries: Mapping[str, Query], policy: str) -> dict[str, tuple[str, str]]:
    """By use, its drug, and what drug and condition are called: the whole map, of which nothing more is read."""
    found = [tuple(map(_iri, row)) for row in store.select(queries["map-places"].bind({"policy": policy})).rows]
    labels = _named(store, {iri for _, *parts in found for iri in parts})
    return {use: (drug, f"{labels[drug]} {_condition(sign, disease, labels).label}") for use, drug, sign, disease in found}


def rows(made: Matrix, prefixes: Prefixes) -> Answer:
    """One row a cell, to be printed or kept as a table."""
    return Answer(COLUMNS, tuple(tuple(_row(cell, made.labels, prefixes)) for cell in made.cells), prefixes, made.labels)


def _read(
    store: GraphStore, queries: Mapping[str, Query], policy: str, release: str | None, jurisdiction: str | None,
    drugs: tuple[str, ...] | None,
) -> _Found:
    def read(name: str, **bound: str | tuple[str, ...] | None) -> _Rows:
        return list(store.select(queries[name].bind({"policy": policy, **bound})).rows)

    parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for use, part, value in read("map-uses", drug=drugs):
        parts[use.value][part.value].append(value.value)
    uses = None if drugs is None else tuple(parts)
    statuses = _by_use(read("map-statuses", use=uses, release=release, jurisdiction=jurisdiction))
    disputes = {use.value: int(count.value) for use, count in read("map-disputes", use=uses)}
    return _Found(parts, statuses, _by_use(read("map-verdicts", use=uses)), disputes)


def _by_use(rows: _Rows) -> dict[str, _Rows]:
    found = defaultdict(list)
    for use, *rest in rows:
        found[use.value].append(tuple(rest))
    return found


def _labels(store: GraphStore, found: _Found) -> dict[str, str]:
    told = [row for rows in (*found.statuses.values(), *found.verdicts.values()) for row in rows]
    iris = {term.value for *row, judgement in told for term in row if isinstance(term, NamedNode)}
    iris |= {iri for parts in found.parts.values() for part in _PLACE for iri in parts.get(part, ())}
    return _named(store, iris)


def _named(store: GraphStore, iris: Iterable[str]) -> dict[str, str]:
    asked = sorted({*iris} - {""})
    said = store.labels(asked)
    return {iri: said.get(iri) or store.prefixes.contract(iri) for iri in asked}


def _condition(sign: str, disease: str, labels: Mapping[str, str]) -> Condition:
    return Condition(" in ".join(labels[part] for part in (sign, disease) if part), sign, disease)


def _cell(use: str, found: _Found, labels: Mapping[str, str]) -> Cell:
    drug, sign, disease = ("".join(found.parts[use].get(part, ())) for part in _PLACE)
    judged: dict[str, _Rows] = defaultdict(list)
    for part, *row in found.verdicts.get(use, ()):
        judged[part.value.removeprefix(KG)].append(row)
    lines, gaps = judged["evidenceLine"], judged["gap"]
    said = [verdict.value for verdict, _, _ in lines]
    states = {labels[verdict.value] for verdict, _, _ in gaps}
    return Cell(
        use=use,
        drug=drug,
        condition=_condition(sign, disease, labels),
        claims=tuple(sorted(found.parts[use].get(_CLAIM, ()))),
        statuses=tuple(sorted(_status(row) for row in found.statuses.get(use, ()))),
        certainty=next((labels[verdict.value] for verdict, _, _ in judged["certainty"]), ""),
        **{word: said.count(KG + word) for word in ("supports", "disputes", "neutral")},
        in_them=sum(_iri(population) == KG + "exactDirectness" for _, population, _ in lines),
        evidence=tuple(sorted(row[-1].value for row in (*lines, *judged["certainty"]))),
        gap=next((word for word in GAPS if word in states), ""),
        gaps=tuple(sorted(row[-1].value for row in gaps)),
        disputed=found.disputes.get(use, 0),
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
    yield Literal(cell.disputed)
    yield Literal(" ".join(prefixes.contract(claim) for claim in cell.claims))


def _told(statuses: Iterable[Status], labels: Mapping[str, str]) -> Iterator[str]:
    """Each status once, with where and how: products that say the same are not told apart."""
    return iter(dict.fromkeys(
        f"{it.verdict} {labels[it.jurisdiction]} {labels[it.route]}" + (f" if {it.only_if}" if it.only_if else "")
        for it in statuses
    ))


def _iri(term: Term | None) -> str:
    return term.value if term is not None else ""
