"""Claims as pages show them: who says what, how surely, and in which words where the text is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from pyoxigraph import Literal, NamedNode

from kgtool import passages, touched
from kgtool.answer import Answer
from kgtool.graph import Graph
from kgtool.terms import CLAIM, KG, RDF, Term
from kgtool.web.kept import selected
from kgtool.web.visit import Cell, Visit

# A page shows all claims where they are few, else the first of each relation, with the way to the others.
MOST, MOST_OF_EACH, MOST_OF_ONE = 60, 8, 100


@dataclass(frozen=True)
class Said:
    """One claim. ``quote`` is its passage as the source has it, empty where the text is not at hand; ``place`` tells
    where the passage stands, empty where no place was recorded."""

    claim: Cell
    subject: Cell
    relation: Cell
    object: Cell
    words: str
    polarity: str
    modality: str
    hedge: str
    open_list: bool
    gap: bool
    version: Cell
    source_type: str
    place: str
    quote: str
    side: str = "subject"

    @property
    def hedged(self) -> bool:
        return self.modality not in ("flat", "")

    @property
    def anchor(self) -> str:
        return self.claim.id.partition(":")[2]


_PARTS = {
    RDF + "type": "kind", RDF + "subject": "subject", RDF + "object": "object", KG + "saidIn": "version",
    **{KG + part: name for part, name in (
        ("polarity", "polarity"), ("modality", "modality"), ("hedgeCue", "hedge"), ("listCompleteness", "list"),
        ("inOwnWords", "words"), ("start", "start"), ("end", "end"), ("section", "section"),
    )},
}
_COLUMNS = ("side", "relation", "claim", "sourceType", *_PARTS.values())
SIDES = {"subject": 0, "object": 1, "context": 2}


@dataclass(frozen=True)
class Group:
    """The claims of one relation; ``of`` tells whether the thing is their subject, their object, or part of it.

    ``count`` is how many there are, of which ``claims`` are those from the ``first`` on that are shown.
    """

    of: str
    relation: Cell
    claims: tuple[Said, ...]
    count: int
    first: int = 0

    @property
    def after(self) -> int:
        """How many come after those that are shown."""
        return self.count - self.first - len(self.claims)


@dataclass(frozen=True)
class Touching:
    """The claims that touch a thing, as one page shows them, and how many there are."""

    groups: tuple[Group, ...]
    count: int


def touching(visit: Visit, iri: str, side: str = "", relation: str = "", first: int = 0, few: int = MOST) -> Touching:
    """The claims of a thing by relation: all where they are few, else the first of each; or of one side and relation those
    from a place on."""
    all_of, types = visit.graph.touched, _counting(visit)
    counts = {(at, of): number for (at, of), number in touched.counts(all_of, iri, types).items()
              if side in ("", at) and relation in ("", of)}
    count = sum(counts.values())
    most = MOST_OF_ONE if side else count if count <= few else MOST_OF_EACH
    windows = {key: touched.claims(all_of, iri, *key, first, most, types) for key in counts}
    shown = iter(_shown(visit, [_ends(iri, *key, claim) for key, claims in windows.items() for claim in claims]))
    groups = [Group(key[0], visit.cell(NamedNode(key[1]), {}), tuple(islice(shown, len(claims))), counts[key], first)
              for key, claims in windows.items()]
    named = (replace(group, relation=group.claims[0].relation) for group in groups if group.claims)
    return Touching(tuple(sorted(named, key=lambda group: (SIDES[group.of], group.relation.id))), count)


def _counting(visit: Visit) -> list[str] | None:
    """The types of sources that count under the policy that is looked under; None where all do."""
    if not visit.policy:
        return None
    policy = visit.graph.policy(visit.policy)
    rows = selected(visit.graph, f"SELECT ?type {{ <{policy}> kg:countsSourceType ?type }} ORDER BY ?type").rows
    return [type.value for type, in rows]


def _ends(thing: str, side: str, relation: str, claim: str) -> dict[str, Term]:
    ends = {side: NamedNode(thing)} if side != "context" else {}  # what else it says is told with its parts
    return {"side": Literal(side), "relation": NamedNode(relation), "claim": NamedNode(claim), **ends}


def _shown(visit: Visit, rows: list[dict]) -> list[Said]:
    """Claims of which only the ends are known, each with all that it says."""
    graph, parts = visit.graph, {}
    claims = tuple(dict.fromkeys(row["claim"] for row in rows))
    for claim, part, value in selected(graph, graph.views["claims-shown"].bind({"claim": claims})).rows if claims else ():
        if name := _PARTS.get(part.value):
            of = parts.setdefault(claim, {})
            of[name] = min(of.get(name, value), value, key=str)  # where there are several, the same one each time
    types = _types(graph, {of["version"] for of in parts.values() if "version" in of})
    told = ({"sourceType": types.get(of.get("version")), **of} for of in (parts.get(row["claim"], {}) for row in rows))
    return _read(visit, [dict.fromkeys(_COLUMNS) | of | row for of, row in zip(told, rows, strict=True)])


def _types(graph: Graph, versions: set[Term]) -> dict[Term, Term]:
    asked = tuple(sorted(version.value for version in versions))
    return dict(selected(graph, graph.views["types-of-versions"].bind({"version": asked})).rows if asked else ())


def read(visit: Visit, rows: Answer) -> list[Said]:
    """The rows of queries/view/version-claims.rq."""
    return _read(visit, [dict(zip(rows.columns, row, strict=True)) for row in rows.rows])


def _read(visit: Visit, records: list[dict[str, Term | None]]) -> list[Said]:
    named = {term.value for row in records for term in row.values() if isinstance(term, NamedNode)}
    labels = visit.graph.store.labels({iri for iri in named if not iri.startswith(CLAIM)})
    return [_said(visit, row, labels) for row in records]


def _said(visit: Visit, row: Mapping[str, Term | None], labels: Mapping[str, str]) -> Said:
    def cell(name: str) -> Cell:
        return visit.cell(row[name], labels)

    def text(name: str) -> str:
        return row[name].value if row.get(name) is not None else ""

    return Said(
        cell("claim"), cell("subject"), cell("relation"), cell("object"), text("words"),
        local(text("polarity")), local(text("modality")), text("hedge"), local(text("list")) == "openList",
        text("kind") == KG + "GapClaim", cell("version"), labels.get(text("sourceType"), ""), _place(text),
        quote(visit.graph, text("version"), text("section"), text("start"), text("end")), text("side") or "subject",
    )


def worded(visit: Visit, claims: Iterable[str]) -> dict[str, str]:
    """What each of some claims says, in our own words."""
    asked = tuple(claims)
    rows = selected(visit.graph, visit.graph.views["claims-shown"].bind({"claim": asked})).rows if asked else ()
    return {claim.value: value.value for claim, part, value in rows if part.value == KG + "inOwnWords"}


def local(iri: str) -> str:
    """The last part of an IRI of our vocabulary."""
    return iri.removeprefix(KG)


def _place(text) -> str:
    if not text("start"):
        return ""
    return f"{text('start')}–{text('end')}" + (f" of {text('section')}" if text("section") else "")


def quote(graph: Graph, version: str, section: str, start: str, end: str) -> str:
    """A passage in the source's own words, from the reader's own copy."""
    if not start or version not in graph.texts:
        return ""
    return passages.within(graph.texts[version], section)[int(start):int(end)]
