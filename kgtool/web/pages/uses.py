"""The evidence map: drugs and conditions, each cell with its label status, its evidence, its gap and its disputes; and
one cell with all that stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pyoxigraph import NamedNode

from kgtool import rows
from kgtool.analysis import matrix
from kgtool.analysis.matrix import Condition, Matrix
from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.terms import KG, did_you_mean
from kgtool.web import verdicts
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Cell, NotFound, Visit

MOST_CONDITIONS, MOST_DRUGS, MOST_JUDGED = 120, 6, 60
SHOWN = ("all", "gaps", "disputed", "evidence")


@dataclass(frozen=True)
class Chosen:
    """What a map is of: names of a policy, a jurisdiction and a hierarchy, which of its cells are shown, and what their
    drugs or conditions are called; empty for any."""

    policy: str
    jurisdiction: str
    hierarchy: str
    show: str
    about: str


@dataclass(frozen=True)
class Part:
    """One part of a list, of which a page shows no more at once; ``count`` is of all."""

    shown: tuple
    first: int
    most: int
    count: int

    @property
    def more(self) -> bool:
        return self.count > self.first + self.most


def html(visit: Visit) -> str:
    """A part of the map: some of the drugs, and of the conditions that anybody speaks of for them."""
    wanted = _wanted(visit)
    drugs = _part(visit, "from", _drugs(visit, wanted), MOST_DRUGS)
    made = _matrix(visit, drugs.shown)
    cells = _fit(made, wanted)
    listed = sorted({cell.condition for cell in cells}, key=lambda one: (one.label.casefold(), one))
    return visit.html(
        "map.html", chosen=_chosen(visit), made=made, shown=SHOWN, choices=_choices(visit), asked=visit.given,
        drugs=drugs, conditions=_part(visit, "row", listed, MOST_CONDITIONS),
        cells={(cell.drug, cell.condition): cell for cell in cells},
        thing=lambda iri: Cell(made.labels.get(iri, iri), visit.thing(iri)),
        queries=_queries(visit, drug=drugs.shown),
        use=lambda cell: _address(visit, cell.drug, cell.condition), granted=lambda cell: list(_granted(cell, made)),
    )


def _queries(visit: Visit, **values: str | tuple[str, ...]) -> dict[str, str]:
    """What the map asks of some drugs, or one cell of its use."""
    graph, chosen = visit.graph, _chosen(visit)
    where = graph.names.resolve(chosen.jurisdiction, [KG + "Jurisdiction"]) if chosen.jurisdiction else None
    release = kept(graph, ("release", chosen.hierarchy), lambda: graph.release(chosen.hierarchy or None))
    return visit.behind("map-uses", "map-statuses", "map-verdicts", "map-disputes", **values, jurisdiction=where,
                        policy=graph.policy(chosen.policy), release=release)


def _part(visit: Visit, given: str, listed: Sequence, most: int) -> Part:
    first = visit.number(given)
    return Part(tuple(listed[first:first + most]), first, most, len(listed))


def _drugs(visit: Visit, wanted: Mapping[str, str] | None) -> list[str]:
    """The drugs of all uses, or of those that are wanted, in the order of their names."""
    graph = visit.graph

    def every() -> list[str]:
        found = [drug.value for drug, in graph.store.select(graph.views["map-drugs"].text).rows]
        return sorted(found, key=lambda drug: (graph.names.label(drug).casefold(), drug))

    listed = kept(graph, "map drugs", every)
    return listed if wanted is None else [drug for drug in listed if drug in set(wanted.values())]


def _wanted(visit: Visit) -> dict[str, str] | None:
    """The uses that are to be shown, each with its drug; None for all of them, which are not looked through."""
    graph, chosen = visit.graph, _chosen(visit)
    if chosen.show == "all" and not chosen.about:
        return None
    policy, about = graph.policy(chosen.policy), chosen.about.casefold()
    places = kept(graph, ("map places", policy), lambda: matrix.places(graph.store, graph.views, policy))
    marked = places
    if chosen.show != "all":
        marked = kept(graph, ("map marked", policy, chosen.show), lambda: _marked(visit, policy, chosen.show))
    return {use: drug for use, (drug, words) in places.items() if use in marked and about in words.casefold()}


def _marked(visit: Visit, policy: str, show: str) -> set[str]:
    views, parts = visit.graph.views, {"disputed": KG + "dispute", "evidence": KG + "evidenceLine"}
    asked = views["map-open"].bind({"policy": policy}) if show == "gaps" else \
        views["map-marked"].bind({"policy": policy, "part": parts[show]})
    return {use.value for use, in visit.graph.store.select(asked).rows}


def _granted(cell: matrix.Cell, made: Matrix) -> Iterator[tuple[str, str, str]]:
    """What labels say, each verdict once with its routes, and with what limits it where something limits all of them;
    that labels say nothing only where none says more."""
    telling = [verdict for verdict in matrix.STATUSES[:3] if any(status.verdict == verdict for status in cell.statuses)]
    for verdict in telling:
        limits: dict[str, list[str]] = {}
        for status in cell.statuses:
            if status.verdict == verdict:
                limits.setdefault(made.labels[status.route], []).append(status.only_if)
        routes = ", ".join(f"{route}{'*' * all(limits[route])}" for route in sorted(limits))
        of_all = [limit for of_route in limits.values() for limit in of_route]
        yield verdict, routes, "; or ".join(sorted(set(of_all))) if all(of_all) else ""
    if not telling:
        yield from ((verdict, "", "") for verdict in matrix.STATUSES[3:]
                    if any(status.verdict == verdict for status in cell.statuses))


def json(visit: Visit) -> str:
    answer = _rows(visit)
    return visit.json({"columns": list(answer.columns), "rows": list(answer.labelled())})


def csv(visit: Visit) -> str:
    return rows.csv_text(visit.noticed(_rows(visit)))


def turtle(visit: Visit) -> bytes:
    """The uses that fit what was asked, what was judged of each, and the claims that make it one."""
    return visit.turtle(dict.fromkeys(chain.from_iterable(_whole(visit, cell) for cell in _fit(_matrix(visit), _wanted(visit)))))


def _rows(visit: Visit) -> Answer:
    """Whatever part of it is shown: all uses that fit what was asked."""
    made = _matrix(visit)
    return matrix.rows(replace(made, cells=_fit(made, _wanted(visit))), visit.graph.store.prefixes)


def _fit(made: Matrix, wanted: Mapping[str, str] | None) -> tuple[matrix.Cell, ...]:
    return tuple(cell for cell in made.cells if wanted is None or cell.use in wanted)


def use(visit: Visit) -> str:
    """One cell: what stands behind it."""
    cell, made = _cell(visit)
    judged = _judged(visit, cell)[:MOST_JUDGED]
    return visit.html(
        "use.html", cell=cell, chosen=_chosen(visit), labels=made.labels, drug=visit.cell(NamedNode(cell.drug), made.labels),
        parts=[visit.cell(NamedNode(iri), made.labels) for iri in (cell.condition.sign, cell.condition.disease) if iri],
        statuses=[
            (status, [visit.cell(NamedNode(iri), made.labels) for iri in (status.product, status.route, status.jurisdiction)],
             visit.thing(status.judgement))
            for status in cell.statuses
        ],
        judged=verdicts.shown(visit, judged), claims=_said(visit, cell.claims),
        queries=_queries(visit, drug=cell.drug, use=cell.use),
    )


def _cell(visit: Visit) -> tuple[matrix.Cell, Matrix]:
    """That which is asked for, and what the map of its drug knows."""
    given, drug = visit.given, _iri(visit, "drug")
    made = _matrix(visit, (drug,) if drug in _drugs(visit, None) else ())
    cell = made.by_place.get((drug, _condition(visit, made)))
    if cell is None:
        what = " in ".join(filter(None, (given.get("sign"), given.get("disease")))) or "anything"
        remedy = "the evidence map shows the uses that somebody speaks of"
        raise NotFound(f"nobody speaks of {given.get('drug') or 'any drug'} for {what}; {remedy}")
    return cell, made


def _judged(visit: Visit, cell: matrix.Cell) -> list[str]:
    """What studies show of it, the gaps it lies in, and the disputes about its claims."""
    disputes = visit.graph.store.select(f"SELECT ?dispute {{ <{cell.use}> kg:dispute ?dispute }} ORDER BY ?dispute").rows
    return [*cell.evidence, *cell.gaps, *(dispute.value for dispute, in disputes)]


def _behind(visit: Visit, cell: matrix.Cell) -> list[str]:
    """All judgements that stand behind a cell, what labels say among them."""
    return [*(status.judgement for status in cell.statuses), *_judged(visit, cell)]


def use_json(visit: Visit) -> str:
    cell, _ = _cell(visit)
    contract, listed = visit.graph.store.prefixes.contract, verdicts.listed(visit, _behind(visit, cell)).labelled()
    return visit.json({
        "use": contract(cell.use), "drug": contract(cell.drug), "sign": contract(cell.condition.sign) or None,
        "disease": contract(cell.condition.disease) or None, "policy": _chosen(visit).policy, "status": cell.status or None,
        "gap": cell.gap or None, "claims": list(map(contract, cell.claims)),
        "columns": list(listed.columns), "rows": list(listed),
    })


def use_csv(visit: Visit) -> str:
    return rows.csv_text(visit.noticed(verdicts.listed(visit, _behind(visit, _cell(visit)[0]))))


def use_turtle(visit: Visit) -> bytes:
    """The use, what was judged of it, and the claims that make it one."""
    return visit.turtle(_whole(visit, _cell(visit)[0]))


def _whole(visit: Visit, cell: matrix.Cell) -> list[str]:
    return [cell.use, *_behind(visit, cell), *cell.claims]


def _matrix(visit: Visit, drugs: tuple[str, ...] | None = None) -> Matrix:
    """The map of some drugs, or of all."""
    graph, chosen = visit.graph, _chosen(visit)
    key = (chosen.policy, chosen.jurisdiction, chosen.hierarchy)
    return kept(graph, ("map", *key, drugs), lambda: graph.matrix(key[0], key[1] or None, key[2] or None, drugs))


def _chosen(visit: Visit) -> Chosen:
    given = visit.given
    show = given.get("show") or "all"
    if show not in SHOWN:
        hint = did_you_mean(show, SHOWN) or f"it shows {', '.join(SHOWN)}"
        raise WrongUse(f"the map does not show {show!r}; {hint}")
    return Chosen(given.get("policy") or "default", given.get("jurisdiction", ""), given.get("hierarchy", ""), show,
                  given.get("about", "").strip())


def _choices(visit: Visit) -> dict[str, list[str]]:
    """The names from which policy, jurisdiction and hierarchy are chosen."""
    graph = visit.graph
    kinds = {"policy": "Policy", "jurisdiction": "Jurisdiction"}
    named = {field: sorted(map(graph.names.label, graph.names.of_kind(KG + kind))) for field, kind in kinds.items()}
    followed = kept(graph, "followed releases", lambda: graph.store.select(graph.views["followed-releases"].text).rows)
    return {**named, "hierarchy": [name.value for _, name in followed]}


def _address(visit: Visit, drug: str, condition: Condition) -> str:
    contract = visit.graph.store.prefixes.contract
    parts = {"drug": drug, "sign": condition.sign, "disease": condition.disease}
    named = {name: contract(iri) for name, iri in parts.items() if iri}
    choices = {name: visit.given.get(name, "") for name in ("policy", "jurisdiction", "hierarchy")}
    return visit.to("use", **named, **choices)


def _iri(visit: Visit, name: str) -> str:
    typed = visit.given.get(name, "")
    return visit.graph.store.prefixes.expand(typed) or typed


def _condition(visit: Visit, made: Matrix) -> Condition | None:
    sign, disease = _iri(visit, "sign"), _iri(visit, "disease")
    return next((one for one in made.conditions if (one.sign, one.disease) == (sign, disease)), None)


def _said(visit: Visit, claims: tuple[str, ...]) -> list[dict]:
    graph = visit.graph
    rows_ = (next(iter(graph.store.select(graph.views["claim"].bind({"claim": claim})))) for claim in claims)
    return [{**row, "link": visit.to("thing", row["claim"])} for row in rows_]


FILTERS = ("policy", "jurisdiction", "hierarchy", "show", "about")
PAGE = Page({"html": html, "json": json, "ttl": turtle, "csv": csv}, (*FILTERS, "from", "row"))
USE = Page({"html": use, "json": use_json, "ttl": use_turtle, "csv": use_csv}, ("drug", "sign", "disease", *FILTERS))
