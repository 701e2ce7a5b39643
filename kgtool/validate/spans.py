"""Passages against the texts at hand: whether each stands where its claim says, and does not deny what it affirms."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kgtool import rdf, records
from kgtool.claim import Claim
from kgtool.errors import DataError
from kgtool.negation import negation
from kgtool.passages import problem, within
from kgtool.report import Finding, Report
from kgtool.store import GraphStore
from kgtool.terms import KG, XSD, Term, kg

_TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
# What a claim says of itself; one of these may be a term that says no, and then the passage may too.
_SAYING = (rdf.PREDICATE, rdf.OBJECT, kg("stance"), kg("modality"))


def report(store: GraphStore, texts: Mapping[str, str], require_text: bool = False) -> Report:
    """Findings on passages; ``covered`` has how many were confirmed, the notes which versions have no text at hand.

    ``texts`` maps the IRIs of versions to their texts. With ``require_text`` a version without one is a violation.
    """
    found, notes, confirmed = [], [], 0
    for version, claims in _placed(store).items():
        if version.value not in texts:
            said = f"text not at hand: {_many(claims)} of {store.prefixes.show(version)} not checked"
            notes.append(said)
            if require_text:
                remedy = "`kgtool sources add FILE` keeps a copy"
                found.append(Finding("violation", "passages", version.value, said, remedy))
            continue
        checked = [_finding(store, claim, texts[version.value]) for claim in claims]
        confirmed += checked.count(None)
        found += [finding for finding in checked if finding]
    return Report.of(found, {"passages": confirmed}, notes)


def _many(claims: list[Term]) -> str:
    return "1 passage" if len(claims) == 1 else f"{len(claims)} passages"


def _placed(store: GraphStore) -> dict[Term, list[Term]]:
    """The claims that name a place, by version, both in the order of their names."""
    query = "SELECT DISTINCT ?version ?claim { ?claim kg:saidIn ?version ; kg:start ?start } ORDER BY ?version ?claim"
    claims: dict[Term, list[Term]] = {}
    for version, claim in store.select(query).rows:
        claims.setdefault(version, []).append(claim)
    return claims


def _finding(store: GraphStore, name: Term, text: str) -> Finding | None:
    node = rdf.nodes(store.match(name))[name]
    try:
        claim = records.claim(name.value, node, ())
    except DataError as error:
        return Finding("violation", "passages", name.value, error.problems[0].message, error.problems[0].remedy)
    try:
        text = within(text, claim.passage.section)
    except DataError as error:
        wrong = error.problems[0]
        return Finding("violation", "passages", name.value, wrong.message, wrong.remedy, path=KG + "section")
    if wrong := problem(claim.passage, text):
        return Finding("violation", "passages", name.value, wrong.message, wrong.remedy, path=KG + "start")
    if claim.polarity == KG + "affirmed" and not _says_no(store, node):
        return _denied(claim, text)
    return None


def _says_no(store: GraphStore, node: rdf.Node) -> bool:
    said = (value for part in _SAYING for value in node.get(part, ()) if isinstance(value, NamedNode))
    no = kg("expressesNegation")
    return any(next(store.match(value, no, _TRUE), None) for value in said)


def _denied(claim: Claim, text: str) -> Finding | None:
    found = negation(text, claim.passage.start, claim.passage.end)
    if found is None:
        return None
    side = "before it" if found.start < claim.passage.start else "after it"
    where = "in it" if found.inside else f"{side} at {found.start}"
    return Finding(
        "violation", "passages", claim.iri,
        f'is affirmed, but its passage is denied by "{found.cue}" {where}',
        "take the cue into the passage and say what it denies: kg:polarity kg:denied, or a kg:GapClaim",
        path=KG + "polarity", value=claim.polarity,
    )
