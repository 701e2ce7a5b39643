"""How many lines of evidence are independent: lines of one study, sponsor's family, publisher or citation are one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kgtool.judge.evidence.families import Families
from kgtool.judge.evidence.lines import SUPPORTS, Line
from kgtool.judge.evidence.world import AFFILIATION, Told, World, grouped
from kgtool.terms import Term


@dataclass(frozen=True)
class Tie:
    """Why a line may be one with others: what it shares with them, in words, and the claims that say so."""

    key: tuple[str | Term, ...]
    words: str
    claims: tuple[Told, ...]


@dataclass(frozen=True)
class Member:
    """One line of an independent group; ``ties`` are those that join it to another line of the group."""

    line: Line
    ties: tuple[Tie, ...]
    sponsor_known: bool


def groups(lines: list[Line], world: World) -> list[list[Member]]:
    """The supporting lines of studies, in groups of which each counts once, in the order of their studies."""
    families = Families(world)
    supporting = [line for line in lines if line.support == SUPPORTS and not line.is_review]
    citing = _citations(supporting, world)
    ties = [list(_ties(line, world, families, citing)) for line in supporting]
    leader = _joined(ties)
    found: dict[int, list[int]] = {}
    for number in range(len(supporting)):
        found.setdefault(leader[number], []).append(number)
    return [[_member(number, together, supporting, ties, world) for number in together] for together in found.values()]


def _member(number: int, together: list[int], lines: list[Line], ties: list[list[Tie]], world: World) -> Member:
    others = {tie.key for other in together if other != number for tie in ties[other]}
    shared = tuple(tie for tie in ties[number] if tie.key in others)
    return Member(lines[number], shared, bool(world.of(AFFILIATION, lines[number].study)))


def _citations(lines: list[Line], world: World) -> dict[Term, tuple[tuple[Term, Term], ...]]:
    """Which of the versions that report the lines cite which: the pairs, by either side."""
    versions = {told.version for line in lines for told in _reports(line)}
    pairs = [(one, other) for one in versions for other in world.cited.get(one, ()) if other in versions - {one}]
    return grouped((side, pair) for pair in pairs for side in pair)


def _ties(
    line: Line, world: World, families: Families, citing: Mapping[Term, tuple[tuple[Term, Term], ...]]
) -> Iterator[Tie]:
    yield Tie(("study", line.study), f"the study, {world.name(line.study)}", line.results)
    for told in world.of(AFFILIATION, line.study):
        family = families.family(told.object)
        path = families.path(told.object, family)
        yield Tie(("sponsor", family), f"the sponsor's family, {world.name(told.object)}", (told, *path))
    for told in _reports(line):
        if not told.own_report:
            for publisher in sorted(world.publishers.get(told.version, ()), key=str):
                yield Tie(("publisher", publisher), f"the publisher, {world.name(publisher)}", (told,))
        for pair in sorted(citing.get(told.version, ()), key=str):
            one, other = map(world.name, pair)
            yield Tie(("citation", *pair), f"a citation: {one} cites {other}", (told,))


def _reports(line: Line) -> tuple[Told, ...]:
    """Who tells of the result: the study's own report, and only without one what others say."""
    return tuple(told for told in line.results if told.own_report) or line.results


def _joined(ties: Iterable[Iterable[Tie]]) -> dict[int, int]:
    """The first line of each line's group, by line number."""
    leader: dict[int, int] = {}
    first: dict[tuple[str | Term, ...], int] = {}
    for number, its in enumerate(ties):
        leader[number] = number
        for tie in its:
            one, other = _top(leader, number), _top(leader, first.setdefault(tie.key, number))
            leader[max(one, other)] = min(one, other)
    return {number: _top(leader, number) for number in leader}


def _top(leader: dict[int, int], number: int) -> int:
    while leader[number] != number:
        leader[number] = leader[leader[number]]  # halves the way for whoever asks next
        number = leader[number]
    return number
