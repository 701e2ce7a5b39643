"""A thing: what it is, what is claimed of it and by whom, and what follows."""

from __future__ import annotations

from collections.abc import Callable

from kgtool import exporters
from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.terms import KG
from kgtool.web import claims, found, verdicts
from kgtool.web.kept import selected
from kgtool.web.page import Page
from kgtool.web.pages import claim, judgement, source
from kgtool.web.visit import Table, Visit

MOST_AS_DATA = 400
PARAMS = ("policy", "side", "relation", "from")


def html(visit: Visit) -> str:
    """The page of whatever kind of thing it is."""
    iri = found.thing(visit)
    kinds = _kinds(visit, iri)
    if kinds & _CLAIMS:
        return claim.html(visit, iri)
    if visit.graph.store.ask(f"ASK {{ <{iri}> kg:verdict ?verdict }}"):
        return judgement.html(visit, iri)
    if kinds & {"Edge", "Proposition"}:
        return judgement.derived(visit, iri)
    named = _named(visit, iri)
    if "SourceVersion" in kinds:
        return source.version(visit, iri, named | {"facts": table(visit, "thing-facts", iri)})
    if "Source" in kinds:
        return source.source(visit, iri, named | {"facts": table(visit, "thing-facts", iri)})
    return _of_one(visit, iri, named) if "relation" in visit.given else _plain(visit, iri, named)


def _kinds(visit: Visit, iri: str) -> set[str]:
    rows = selected(visit.graph, f"SELECT ?kind {{ <{iri}> a ?kind }} ORDER BY ?kind").rows
    return {kind.value.removeprefix(KG) for kind, in rows}


def _named(visit: Visit, iri: str) -> dict[str, object]:
    facts = view(visit, "thing", iri)
    said = {role: [row[1].value for row in facts.rows if row[0].value == role] for role in _ROLES}
    return said | {"label": (said["label"] or [visit.address.name])[0], "iri": iri, "curie": visit.address.name}


def _plain(visit: Visit, iri: str, named: dict[str, object]) -> str:
    said = claims.touching(visit, iri)
    return visit.html(
        "thing.html", **named,
        facts=table(visit, "thing-facts", iri), elsewhere=table(visit, "identifiers", iri),
        links=table(visit, "thing-links", iri), said=said, verdicts=verdicts.about(visit, iri),
        used="drug" in named["kind"] or "Drug" in named["kind"], policies=policies(visit), one=None,
        queries={name: query(visit, name, iri) for name in _TABLES},
        drawn=visit.behind("picture-around", "picture-gaps", thing=iri, **_judged_under(visit)),
    )


def _judged_under(visit: Visit) -> dict[str, str]:
    under = verdicts.under(visit)
    return under | {"judged": under["policy"]} if under else {}


def _of_one(visit: Visit, iri: str, named: dict[str, object]) -> str:
    """The claims of one relation, a page of them, where they are too many to stand among the others."""
    given = visit.given
    side, typed, first = given.get("side", "subject"), given["relation"], visit.first
    relation = found.iri(visit, typed)
    if side not in claims.SIDES or not relation:
        raise WrongUse(f"claims are shown by side ({', '.join(claims.SIDES)}) and relation, not {side!r} and {typed!r}")
    said = claims.touching(visit, iri, side, relation, first)
    return visit.html(
        "thing.html", **named, said=said, one=(side, typed, first), most=claims.MOST_OF_ONE, policies=policies(visit),
        facts=None, verdicts=(), queries={"thing-claims": query(visit, "thing-claims", iri, relation=relation)},
    )


def policies(visit: Visit) -> list[str]:
    """The names of the policies to look at a page under; none among plain files, which would be as many times more."""
    names = visit.graph.names
    return [] if visit.alone else sorted(map(names.label, names.of_kind(KG + "Policy")))


_CLAIMS = {"Claim", "GapClaim", "LabelClaim"}
_ROLES = ("kind", "label", "synonym", "about")
_TABLES = ("thing-claims", "verdicts-about", "thing-links", "thing-facts", "identifiers")


def view(visit: Visit, name: str, iri: str) -> Answer:
    return selected(visit.graph, query(visit, name, iri))


def query(visit: Visit, name: str, iri: str, **values: str) -> str:
    """The text of a view query, asked about a thing, under the policy that it is looked at under where that makes a
    difference: what a page shows, anybody may ask again."""
    graph = visit.graph
    asked = (graph.views if name in graph.views else graph.questions)[name]
    under = {of: policy for of, policy in verdicts.under(visit).items() if of in asked.variables}
    return asked.bind({"thing": iri, **under, **values})


def table(visit: Visit, name: str, iri: str) -> Table:
    return visit.table(visit.graph.labelled(view(visit, name, iri)))


def json(visit: Visit) -> str:
    """The same as data."""
    iri = found.thing(visit)
    said = claims.touching(visit, iri, few=MOST_AS_DATA)
    judged = visit.graph.views["verdicts-about"].bind({"thing": iri, **verdicts.under(visit)})
    return visit.json({
        "id": visit.address.name, "iri": iri, "policy": visit.policy or None,
        "names": list(view(visit, "thing", iri)), "facts": list(view(visit, "thing-facts", iri)),
        "claims": [
            {"claim": said.claim.id, "subject": said.subject.id or said.subject.text, "relation": said.relation.id,
             "object": said.object.id or said.object.text, "polarity": said.polarity, "modality": said.modality,
             "hedge": said.hedge, "words": said.words, "version": said.version.id}
            for group in said.groups for said in group.claims
        ],
        "claimsInAll": said.count,
        "verdicts": list(visit.graph.store.select(judged)),
    })


def export(suffix: str) -> Callable[[Visit], bytes]:
    """What an export about the thing holds, in one of its formats."""
    def written(visit: Visit) -> bytes:
        iri = found.thing(visit)
        source = visit.graph.store.ask(f"ASK {{ <{iri}> a ?kind VALUES ?kind {{ <{KG}Source> <{KG}SourceVersion> }} }}")
        policy = verdicts.under(visit).get("policy")
        chosen = exporters.select(visit.graph.store, policy, **{"source" if source else "about": iri})
        return exporters.write(chosen, suffix)

    return written


PAGE = Page({"html": html, "json": json, **{suffix[1:]: export(suffix) for suffix in exporters.EXPORTERS}}, PARAMS)
