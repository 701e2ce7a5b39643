"""The judgements behind a tally: those about one thing, or all of a kind and verdict, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from pyoxigraph import NamedNode

from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.terms import CLAIM, KG
from kgtool.web import found, verdicts
from kgtool.web.kept import selected
from kgtool.web.page import Page
from kgtool.web.visit import Cell, NotFound, Visit

MOST, MOST_OF_EACH, MOST_OF_ONE = 60, 8, 50
MOST_IN_PART, _LABELLED = 500, ("kind", "verdict", "sign", "disease", "release")
MOST_FOUND = 10_000  # as queries/view/judged-about.rq has it


@dataclass(frozen=True)
class Group:
    """The judgements of one kind and verdict; ``count`` of all of them, of which those from the ``first`` on are shown.
    ``count`` is None where nobody counted: then ``more`` tells whether others follow. They are ``ordered`` by name, unless
    they are too many to be put in order for one page."""

    kind: str
    verdict: str
    judged: list[dict[str, str]]
    first: int
    count: int | None
    more: bool
    ordered: bool = True


def html(visit: Visit) -> str:
    given, about = visit.given, _about(visit)
    groups = _of(visit, about, visit.first) if about else [_all(visit, visit.first)]
    thing = visit.cell(NamedNode(about), _called(visit, about)) if about else Cell("")
    return visit.html("judged.html", about=thing, groups=groups, one="kind" in given, most=MOST_OF_ONE, most_ordered=MOST_FOUND,
                      policy=visit.policy or "default", query=_query(visit, about))


def _about(visit: Visit) -> str:
    typed = visit.given.get("thing", "")
    iri = found.iri(visit, typed)
    if typed and not iri:
        raise NotFound(f"{typed!r} names no thing; give its id, as its page shows it")
    if not iri and not (visit.given.get("kind") and visit.given.get("verdict")):
        raise WrongUse("name the thing that judgements are about, or their kind and verdict")
    return iri


def _called(visit: Visit, about: str) -> Mapping[str, str]:
    """A thing by its label, a claim by what it says."""
    if not about.startswith(CLAIM):
        return visit.graph.store.labels([about])
    said = selected(visit.graph, f"SELECT ?words {{ <{about}> kg:inOwnWords ?words }} ORDER BY ?words LIMIT 1").rows
    return {about: f"“{said[0][0].value}”"} if said else {}


def _of(visit: Visit, about: str, first: int) -> list[Group]:
    chosen = _chosen(visit, about)
    count = sum(map(len, chosen.values()))
    most = MOST_OF_ONE if visit.given.get("kind") else count if count <= MOST else MOST_OF_EACH
    ordered = sorted(chosen, key=lambda key: (verdicts.KINDS.index(key[0]) if key[0] in verdicts.KINDS else 99, key))
    shown = {key: sorted(chosen[key])[first:first + most] for key in ordered}
    known = verdicts.by_name(visit, tuple(chain(*shown.values())))
    return [Group(*key, [known[judgement] for judgement in shown[key] if judgement in known], first, len(chosen[key]),
                  len(chosen[key]) > first + most) for key in ordered]


def _chosen(visit: Visit, about: str) -> dict[tuple[str, str], set[str]]:
    """The judgements about a thing by kind and verdict: of those that are asked for, or of all."""
    by_kind: dict[tuple[str, str], set[str]] = {}
    for kind, verdict, judgement in selected(visit.graph, _query(visit, about)).rows:
        by_kind.setdefault((kind.value.removeprefix(KG), verdict.value.removeprefix(KG)), set()).add(judgement.value)
    asked = (visit.given.get("kind"), visit.given.get("verdict"))
    return {key: by_kind.get(key, set()) for key in [asked]} if asked[0] else by_kind


def _all(visit: Visit, first: int) -> Group:
    found, ordered = _in_order(visit)
    judgements = list(islice(found, first, first + MOST_OF_ONE + 1))
    return Group(visit.given["kind"], visit.given["verdict"], verdicts.shown(visit, judgements[:MOST_OF_ONE]), first, None,
                 len(judgements) > MOST_OF_ONE, ordered)


def _in_order(visit: Visit) -> tuple[Iterator[str], bool]:
    """By name, whatever order the store has, and whether it is so: of more than can be put in order for one page, as the
    store has them."""
    judgements = (judgement.value for judgement, in visit.graph.store.rows(_query(visit, "")))
    begun = list(islice(judgements, MOST_FOUND + 1))
    ordered = len(begun) <= MOST_FOUND
    return iter(sorted(begun)) if ordered else chain(begun, judgements), ordered


def _query(visit: Visit, about: str) -> str:
    views, under = visit.graph.views, verdicts.under(visit)
    if about:
        return views["judged-about"].bind({"thing": about, **under})
    kind, verdict = (found.iri(visit, f"kg:{visit.given[name]}") for name in ("kind", "verdict"))
    if not kind or not verdict:
        raise WrongUse("kind and verdict are names of the vocabulary, such as GapStatus and openGap")
    return views["judged-so"].bind({"kind": kind, "verdict": verdict, **under})


def _every(visit: Visit) -> list[str]:
    """All of them, whichever page is shown, though no more than the query for those about a thing gives; by kind, verdict and
    name."""
    if about := _about(visit):
        chosen = _chosen(visit, about)
        return list(dict.fromkeys(chain(*(sorted(chosen[key]) for key in sorted(chosen)))))
    return sorted(islice(_in_order(visit)[0], MOST_FOUND))


def _parts(visit: Visit) -> Iterator[Answer]:
    """The rows about all of them, a part at a time; at least one part, which may be empty."""
    every = _every(visit)
    for at in range(0, len(every) or 1, MOST_IN_PART):
        yield verdicts.listed(visit, every[at:at + MOST_IN_PART]).labelled(_LABELLED)


def json(visit: Visit) -> Iterator[str]:
    parts = _parts(visit)
    first = next(parts)
    told = chain(first, chain.from_iterable(parts))
    return visit.json_in_parts({"asked": dict(visit.given), "columns": list(first.columns)}, "rows", told)


def csv(visit: Visit) -> Iterator[str]:
    return visit.csv_in_parts(_parts(visit))


def turtle(visit: Visit) -> Iterator[str]:
    every = sorted(_every(visit))
    return visit.turtle_in_parts(every[at:at + MOST_IN_PART] for at in range(0, len(every) or 1, MOST_IN_PART))


PAGE = Page({"html": html, "json": json, "ttl": turtle, "csv": csv}, ("thing", "kind", "verdict", "policy", "from"))
