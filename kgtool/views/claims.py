"""From claims to a picture: which claims are drawn around a thing, and what kind of evidence each one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pyoxigraph import Triple

from kgtool.answer import Answer
from kgtool.terms import KG, SCHEMA, Prefixes, Term
from kgtool.views import gaps
from kgtool.views.gaps import Gap
from kgtool.views.picture import Edge, Node, Picture

MOST_NODES = 40
_CAPTION = "One line a claim; dashes and ends tell how sure."

KINDS = {
    "Drug": "drug", "Disease": "condition", "Sign": "sign", "ConditionInContext": "context", "Study": "study",
    "Organisation": "organisation", "Route": "route", "Target": "target", "Chemical": "chemical",
    "Process": "process", "Source": "source",
}
_EVIDENCE = {
    "approvedFor": "approved", "usedFor": "used", "showedEffectOn": "trial", "hasSideEffect": "adverse", "hasSign": "sign",
}
_LABEL_USE = KG + "addressesUse"
_BY_LABEL = {"indicated": "approved", "may be of value": "believed"}
# Which lines are kept first where there are too many: gaps and disputes are what other pictures leave out.
_FIRST = ("approved", "used", "gap", "judged", "disputed", "believed", "adverse", "trial", "sign", "said", "part")
_CAUTION = ("AGAINST", "HEDGED", "ON", "OFF")
# Provenance and the fine print of studies: on the card and in the tables, not in the picture.
_BACKGROUND = frozenset(
    [SCHEMA + "trialDesign"]
    + [KG + name for name in (
        "describedAs", "publishedIn", "sourceType", "usePolicy", "sideEffectSeverity", "sideEffectCourse", "studiedIn",
    )]
)


@dataclass(frozen=True)
class Said:
    """One claim between two things, as the picture query gives it; ``sign`` and ``disease`` are those of an object
    that is a sign within a disease; ``drug`` is in the product on whose label the claim stands."""

    subject: Node
    relation: str
    relation_label: str
    object: Node
    sign: Node | None
    disease: Node | None
    gap: bool
    design: str
    modality: str
    hedge: str
    words: str
    claim: str
    contradicted: bool
    stance: str = ""
    drug: Node | None = None
    status: tuple[str, ...] = ()
    judged: tuple[Gap, ...] = ()

    @property
    def ends(self) -> set[str]:
        return {node.id for node in (self.subject, self.drug, self.object, self.sign, self.disease) if node}


def read(rows: Answer, statuses: Answer) -> list[Said]:
    """The rows of queries/view/picture.rq as records, uses with the label statuses of picture-statuses.rq."""
    by_use: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in statuses:
        if row["verdict"] != "UNKNOWN":
            shown = f"{row['route']} {row['verdict']}{' only if ' + row['onlyIf'] if row['onlyIf'] else ''} ({row['where']})"
            by_use[row["drug"], row["context"]][shown] = None
    read = [_said(dict(zip(rows.columns, row, strict=True)), rows.prefixes) for row in rows.rows]
    return [replace(said, status=tuple(by_use[said.subject.id, said.object.id])) if _is_use(said) else said for said in read]


def _is_use(said: Said) -> bool:
    return said.relation in (KG + "usedFor", KG + "approvedFor")


def picture(claims: Iterable[Said], title: str, focus: str = "", found: Iterable[Gap] = ()) -> Picture:
    """The claims around one thing (a CURIE), or all of them where none is given, and the gaps that were judged there; the
    strongest where they are many."""
    drawn = _told_once(_judged(claims, found), focus)
    if focus:
        drawn = _around(drawn, focus)
    parts = [part for said in drawn for part in _parts(said)] + gaps.parts(found)
    return _cut(title, parts, focus, _CAPTION)


def neighbourhood(claims: Iterable[Said], found: Iterable[Gap], title: str, focus: str) -> Picture:
    """All that the claims say around one thing, and the gaps there, nothing cut: for a view that chooses itself how much
    to show."""
    parts = [part for said in _told_once(_judged(claims, found), focus) for part in _parts(said)] + gaps.parts(found)
    nodes = {part.id: part for part in parts if isinstance(part, Node)}
    edges = {part for part in parts if isinstance(part, Edge)}
    return Picture(title, tuple(nodes.values()), tuple(_joined(edges)), focus if focus in nodes else "", 0, _CAPTION)


def _judged(claims: Iterable[Said], found: Iterable[Gap]) -> list[Said]:
    """The claims, those that state a gap with what was judged of it."""
    by_claim: dict[str, list[Gap]] = defaultdict(list)
    for gap in found:
        for claim in gap.stated:
            by_claim[claim].append(gap)
    return [replace(said, judged=tuple(by_claim[said.claim])) for said in claims]


def _told_once(claims: Iterable[Said], focus: str) -> list[Said]:
    """What is not background. A use on the label of a product is drawn from the drug in it, unless the picture is of the
    product; where others speak of that use as well, their line already says what labels say of it."""
    told = (said for said in claims if said.relation not in _BACKGROUND)
    drawn = [replace(said, drug=None) if said.subject.id == focus else said for said in told]
    spoken_of = {(said.subject.id, said.object.id) for said in drawn if _is_use(said)}
    return [said for said in drawn if not said.drug or (said.drug.id, said.object.id) not in spoken_of]


def strongest_first(edges: Iterable[Edge], focus: str) -> list[Edge]:
    """Edges in the order in which they are kept: those of the thing itself first, and of these the strongest."""
    return sorted(edges, key=lambda edge: (focus not in (edge.start, edge.end), _FIRST.index(edge.evidence), edge))


def of_triples(
    triples: Iterable[Triple], claims: Iterable[Said], show: Callable[[Term], str], prefixes: Prefixes, title: str
) -> Picture:
    """The triples of a CONSTRUCT; those that somebody claims are drawn as the evidence they are."""
    known = {(said.subject.id, said.relation, said.object.id): said for said in claims}
    nodes = {node.id: node for said in known.values() for node in (said.subject, said.object)}
    parts: list[Node | Edge] = []
    for triple in triples:
        terms = (triple.subject, triple.object)
        ends = [nodes.get(prefixes.show(term)) or Node(prefixes.show(term), show(term), "other") for term in terms]
        said = known.get((ends[0].id, triple.predicate.value, ends[1].id))
        if said:
            parts += _parts(said)
        else:
            label = show(triple.predicate)
            parts += [*ends, Edge(ends[0].id, ends[1].id, "said", label, f"{ends[0].label} {label} {ends[1].label}")]
    return _cut(title, parts, "", "The triples of a query.")


def _said(row: dict[str, Term | None], prefixes: Prefixes) -> Said:
    def node(name: str) -> Node | None:
        if row.get(name) is None:
            return None
        kind = row[f"{name}Kind"].value.removeprefix(KG)
        return Node(prefixes.contract(row[name].value), row[f"{name}Label"].value, KINDS.get(kind, "other"))

    def text(name: str) -> str:
        return row[name].value if row.get(name) is not None else ""

    return Said(
        node("subject"), text("relation"), text("relationLabel"), node("object"), node("sign"), node("disease"),
        text("type") == KG + "GapClaim", text("design"), text("modality").removeprefix(KG), text("hedge"), text("words"),
        prefixes.contract(text("claim")), text("contradicted") == "true", text("stance"),
        node("drug") if text("relation") == _LABEL_USE else None,
    )


def _around(claims: list[Said], focus: str) -> list[Said]:
    """The claims that touch the thing, those of its studies, and those between things that are then there."""
    first = [said for said in claims if focus in said.ends]
    studies = {node.id for said in first for node in (said.subject, said.object) if node.kind == "study"}
    makers = {node.id for said in first for node in (said.subject, said.object) if node.kind == "organisation"}
    near = [said for said in claims if focus in said.ends or said.subject.id in studies | makers]
    there = set().union(*(said.ends for said in near)) if near else set()
    return [said for said in claims if said in near or {said.subject.id, said.object.id} <= there]


def _parts(said: Said) -> list[Node | Edge]:
    """What one claim adds to a picture: its things, its line, and for a gap the hollow thing that is missing."""
    if said.gap and not _closed(said):
        return _gap(said)
    parts: list[Node | Edge] = [said.drug or said.subject, said.object, _line(said, said.object.id, _evidence(said))]
    for part, label in ((said.sign, "sign"), (said.disease, "in disease")):
        if part:
            sentence = f"{said.object.label}: {label} {part.label}"
            parts += [part, Edge(said.object.id, part.id, "part", label, sentence)]
    return parts


def _closed(said: Said) -> bool:
    """A gap that a source states, while a study that counts has closed it since."""
    return bool(said.judged) and all(gap.state == gaps.CLOSED for gap in said.judged)


def _gap(said: Said) -> list[Node | Edge]:
    missing = Node(f"gap of {said.claim}", _missing(said), "gap", said.words)
    parts: list[Node | Edge] = [said.subject, missing, _line(said, missing.id, "gap")]
    if said.object.kind == "condition":
        parts += [said.object, Edge(missing.id, said.object.id, "part", "in", f"{missing.label}: {said.object.label}")]
    return parts


def _missing(said: Said) -> str:
    if said.relation == KG + "notStudiedIn":
        return f"no {said.design or 'study'} in {said.object.label}"
    return f"{said.object.label}: not known"


def _line(said: Said, end: str, evidence: str) -> Edge:
    by_labels = [f"By the labels: {status}." for status in said.status]
    sentence = " ".join([said.words, *by_labels, *(gap.told for gap in said.judged)])
    rests = " ".join([said.claim, *(gap.judgement for gap in said.judged)])
    return Edge((said.drug or said.subject).id, end, evidence, _with_status(said), sentence, rests, said.hedge)


def _with_status(said: Said) -> str:
    """The relation, and for a use its most cautious label status; all of them, with conditions, are in the sentence."""
    if said.relation == _LABEL_USE:
        return f"label: {said.stance}"
    if said.judged:
        return f"{said.relation_label}; {', '.join(sorted({gap.state for gap in said.judged}))} gap"
    short = [" ".join(status.split()[:2]) for status in said.status]
    cautious = sorted(dict.fromkeys(short), key=lambda status: (_CAUTION.index(status.split()[-1]), len(status), status))
    return f"{said.relation_label}; label: {cautious[0]}" if cautious else said.relation_label


def _approved_by_no_label(said: Said) -> bool:
    """An approval that somebody claims, while the labels that were read cover the use by no route."""
    return said.relation == KG + "approvedFor" and bool(said.status) and not any(" ON" in status for status in said.status)


def _evidence(said: Said) -> str:
    if said.contradicted or _approved_by_no_label(said) or _closed(said):
        return "disputed"
    if said.modality == "believed":
        return "believed"
    if said.relation == _LABEL_USE:
        return _BY_LABEL.get(said.stance, "said")
    return _EVIDENCE.get(said.relation.removeprefix(KG), "said")


def _cut(title: str, parts: Iterable[Node | Edge], focus: str, caption: str) -> Picture:
    """At most MOST_NODES things: edges are kept in the order of _FIRST for as long as their ends still fit."""
    nodes = {part.id: part for part in parts if isinstance(part, Node)}
    edges = {part for part in parts if isinstance(part, Edge)}
    kept, there = [], {focus} & set(nodes)
    for edge in strongest_first(edges, focus):
        if len(there | {edge.start, edge.end}) <= MOST_NODES:
            kept.append(edge)
            there |= {edge.start, edge.end}
    drawn = tuple(nodes[name] for name in sorted(there))
    return Picture(title, drawn, tuple(_joined(kept)), focus if focus in there else "", len(edges) - len(kept), caption)


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    """Two claims that draw the same line are one line with both sentences."""
    same: dict[tuple, list[Edge]] = defaultdict(list)
    for edge in edges:
        same[(edge.start, edge.end, edge.evidence, edge.label, edge.hedge)].append(edge)
    return [
        Edge(*key[:4], _together(e.sentence for e in group), _together(e.claim for e in group), key[4])
        for key, group in sorted(same.items())
    ]


def _together(texts: Iterable[str]) -> str:
    return " ".join(sorted({text for text in texts if text}))
