"""What the build derives about evidence, and what finishes the questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge.asked import Asked, counting
from kgtool.judge.evidence import about, arguments, certainty, independence, joins, lines, world
from kgtool.judge.evidence.certainty import IN_WORDS, Scale
from kgtool.judge.evidence.lines import Line, Studied
from kgtool.judge.evidence.world import Told, Use, World, grouped
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import XSD, Term

Row = tuple[Term | None, ...]
FEW = 8  # uses, each of which is sooner read by itself than all that counts


def evidence(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> Iterator[Judgement]:
    """The lines that bear on each use somebody speaks of, the certainty that follows from them, and the joins."""
    counted = world.read(store, queries, policy, hierarchies)
    studied, scale = Studied(counted), Scale(counted)
    for use in world.uses(store, queries):
        bearing = studied.lines(use)
        yield from (lines.judgement(line, counted) for line in bearing)
        if rating := scale.rate(use, bearing):
            yield certainty.judgement(rating, counted)
    yield from joins.sponsors(counted)
    yield from joins.effects(counted)


def evidence_for(asked: Asked) -> Answer:
    """The lines that bear on a use, those of other drugs of the class after the drug's own."""
    columns = (
        "drug", "sign", "disease", "study", "outcome", "support", "intervention", "population", "comparator",
        "outcomeDirectness", "bridge", "restsOn", "restsOnModality", "because", "claim", "judgement",
    )

    def of(use: Use, counted: World) -> Iterator[Row]:
        for line, row in _lines_of(use, counted):
            yield (*row, _stored(lines.judgement(line, counted), asked.store))

    return _answer(asked, columns, of, about.read_with_class)


def _lines_of(use: Use, counted: World) -> Iterator[tuple[Line, Row]]:
    studied = Studied(counted)
    for line in (*studied.lines(use), *studied.lines_of_class(use)):
        parts = (line.support, line.intervention, line.population, line.comparator, line.outcome_directness)
        because = Literal(lines.because(line, counted)), NamedNode(line.result.claim)
        yield line, (line.study, line.outcome, *map(Literal, parts), *_bridge(line), *because)


def _stored(judgement: Judgement, store: Store) -> NamedNode | None:
    """The judgement's name where the build derived it: for a use that some source speaks of."""
    return NamedNode(judgement.iri) if store.ask(f"ASK {{ <{judgement.iri}> kg:verdict ?verdict }}") else None


def _bridge(line: Line) -> Row:
    if line.bridge is None:
        return None, None, None
    contested = "contested, " if line.bridge.against else ""
    rests_on = line.bridge.rests_on
    return line.bridge.sign, NamedNode(rests_on.claim), Literal(contested + rests_on.surely)


def certainty_of(asked: Asked) -> Answer:
    """The start and each step down; the last row is the end."""
    columns = ("drug", "sign", "disease", "number", "step", "down", "certainty", "because", "claim", "judgement")
    return _answer(asked, columns, lambda use, counted: _steps_of(use, counted, asked.store))


def _steps_of(use: Use, counted: World, store: Store) -> Iterator[Row]:
    rating = Scale(counted).rate(use, Studied(counted).lines(use))
    if rating is None:
        words = "No counted study of the drug supports it, so nothing is rated."
        yield _number(1), Literal("no start"), None, None, Literal(words), None, None
        return
    for number, step in enumerate(rating.steps, 1):
        first = NamedNode(step.claims[0]) if step.claims else None
        moved = Literal(step.name), _number(step.down), Literal(IN_WORDS[step.level]), Literal(step.reason)
        yield _number(number), *moved, first, None
    words, end = certainty.in_words(rating, counted), Literal(IN_WORDS[rating.level])
    judged = _stored(certainty.judgement(rating, counted), store)
    yield _number(len(rating.steps) + 1), Literal("end"), _number(0), end, Literal(words), None, judged


def independent(asked: Asked) -> Answer:
    """Supporting lines by independent group: as many groups as there are different numbers in ``group``."""
    return _answer(asked, ("drug", "sign", "disease", "group", "study", "outcome", "because", "claim"), _groups_of)


def _groups_of(use: Use, counted: World) -> Iterator[Row]:
    for number, members in enumerate(independence.groups(Studied(counted).lines(use), counted), 1):
        for member in members:
            line = member.line
            words = Literal(_shares(member))
            yield _number(number), line.study, line.outcome, words, NamedNode(line.result.claim)


def _shares(member: independence.Member) -> str:
    if member.ties:
        return f"one with others of its group by {'; '.join(dict.fromkeys(tie.words for tie in member.ties))}"
    unknown = "" if member.sponsor_known else "; whose it is, no counted source says"
    return f"stands alone: no study, sponsor, publisher or citation in common{unknown}"


def weakest_link(asked: Asked) -> Answer:
    """The weakest link of the best line for each use."""
    return _answer(asked, ("drug", "sign", "disease", "study", "link", "strength", "because", "claim"), _weakest_of)


def _weakest_of(use: Use, counted: World) -> Iterator[Row]:
    found = arguments.weakest(Studied(counted).lines(use), counted)
    if found:
        line, link = found
        claim = NamedNode(link.claim.claim) if link.claim else None
        yield line.study, Literal(link.name), Literal(link.strength), Literal(link.reason), claim


def premises(asked: Asked) -> Answer:
    """What must be true for the argument to hold, a row for each claim that says so."""
    def of(use: Use, counted: World) -> Iterator[Row]:
        studied = Studied(counted)
        bridge = studied.bridge(use.sign, use.disease)
        for one in arguments.premises(use, studied.lines(use), bridge, _resting(counted, asked), counted):
            claim = NamedNode(one.claim.claim) if one.claim else None
            yield Literal(one.name), Literal(one.premise), Literal(one.status), claim

    return _answer(asked, ("drug", "sign", "disease", "part", "premise", "status", "claim"), of)


def _resting(counted: World, asked: Asked) -> dict[str, tuple[Told, ...]]:
    """By claim, the counted claims that it rests on."""
    known = {told.claim: told for told in counted.claims}
    bound = asked.queries["claim-depends-on"].bind({"claim": tuple(known)})
    return grouped((claim.value, known[other.value]) for claim, other in asked.store.select(bound).rows if other.value in known)


def _answer(
    asked: Asked, columns: tuple[str, ...], of: Callable[[Use, World], Iterator[Row]],
    read_about: Callable[[Store, Mapping[str, Query], str, Hierarchies, Use], World] = about.read,
) -> Answer:
    """One answer for all uses that the question's own query found, each under its policy.

    For a few, what bears on each is read; for many, all that counts, once a policy.
    """
    column = {name: asked.rows.columns.index(name) for name in ("policy", "drug", "sign", "disease")}
    asked_about = [(counting(row[column["policy"]]), Use(*(row[column[name]] for name in ("drug", "sign", "disease"))))
                   for row in asked.rows.rows]
    read = cache(partial(world.read, asked.store, asked.queries, hierarchies=asked.hierarchies))
    rows: list[Row] = []
    for policy, use in asked_about:
        given = (asked.store, asked.queries, policy, asked.hierarchies)
        counted = read_about(*given, use) if len(asked_about) <= FEW else read(policy)
        rows += [(use.drug, use.sign, use.disease, *found) for found in of(use, counted)]
    return Answer(columns, tuple(rows), asked.rows.prefixes)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))
