"""What follows from claims: each judgement with its reason, the claims it rests on, its rule and its policy.

A judge reads claims, and the judgements of judges before it in ``JUDGES``, and nothing later: no rule feeds itself.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from kgtool import catalogue
from kgtool.catalogue import Query
from kgtool.project import Project
from kgtool.store import Store

if TYPE_CHECKING:
    from kgtool.answer import Answer
    from kgtool.claim import Judgement
    from kgtool.judge.asked import Asked
    from kgtool.judge.hierarchy import Hierarchies

Judge: TypeAlias = "Callable[[Store, Mapping[str, Query], str, Hierarchies], Iterator[Judgement]]"


def _uncollected(judge: Callable[..., Iterable[Judgement]]) -> Judge:
    """The same judge, while Python's collector of cycles rests.

    A judge reads and makes a great many small values, none of them in a cycle. Looked through again and again by the
    collector, they took a third of its time at 10^6 triples and nothing at 10^4: it grew by 17 for ten times the data.
    """

    @wraps(judge)
    def judged(*given) -> Iterator[Judgement]:
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield from judge(*given)
        finally:
            if collecting:
                gc.enable()

    return judged


class _Judges(Mapping[str, Callable]):
    """By name. Each one's module is loaded when it is asked for: a question needs one, and all take longer than most answers."""

    def __init__(self, places: Mapping[str, str], ready: Callable[[Callable], Callable] = lambda judge: judge):
        self._places, self._ready = places, ready

    def __getitem__(self, name: str) -> Callable:
        module, _, function = self._places[name].rpartition(".")
        return self._ready(getattr(import_module(f"{__name__}.{module}"), function))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


# In the order in which a build runs them, once for each policy: (store, queries, policy IRI, hierarchies) → judgements,
# one by one, so that they need not be held.
JUDGES: Mapping[str, Judge] = _Judges({
    "label-status": "label_status.judgements",
    "evidence": "evidence.judges.evidence",
    "gaps": "gaps.judge",
    "transfers": "gaps.judge_transfers",
    "comparing": "comparing.judge",
}, _uncollected)

# What finishes a question whose front matter has `#+ then: NAME`.
ASKED: Mapping[str, Callable[[Asked], Answer]] = _Judges({
    "label_status": "label_status.answer",
    "class_level": "label_status.class_level",
    "evidence_for": "evidence.judges.evidence_for",
    "certainty": "evidence.judges.certainty_of",
    "independent": "evidence.judges.independent",
    "weakest_link": "evidence.judges.weakest_link",
    "premises": "evidence.judges.premises",
    "trial_in": "gaps.trial_in",
    "closes": "gaps.closes",
    "best_trial": "gaps.best_trial",
    "compare_policies": "policies.compare_policies",
    "made_from": "derived.made_from",
})


def queries(project: Project) -> Mapping[str, Query]:
    """What judges read, by name: queries/judge, and those of queries/view that show what judges look at too."""
    paths = (path for folder in ("judge", "view") for path in project.files(f"queries/{folder}", "*.rq"))
    return catalogue.Unread(paths, project.root)
