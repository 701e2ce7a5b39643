"""What follows from claims: each judgement with its reason, the claims it rests on, its rule and its policy.

A judge reads claims, and the judgements of judges before it in ``JUDGES``, and nothing later: no rule feeds itself.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps

from kgtool import catalogue
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge import comparing, derived, gaps, label_status
from kgtool.judge.asked import Asked
from kgtool.judge.evidence import judges as evidence
from kgtool.judge.hierarchy import Hierarchies
from kgtool.project import Project
from kgtool.store import Store

Judge = Callable[[Store, Mapping[str, Query], str, Hierarchies], Iterator[Judgement]]


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


# In the order in which a build runs them, once for each policy: (store, queries, policy IRI, hierarchies) → judgements,
# one by one, so that they need not be held.
JUDGES: dict[str, Judge] = {
    "label-status": _uncollected(label_status.judgements),
    "evidence": _uncollected(evidence.evidence),
    "gaps": _uncollected(gaps.judge),
    "transfers": _uncollected(gaps.judge_transfers),
    "comparing": _uncollected(comparing.judge),
}

# What finishes a question whose front matter has `#+ then: NAME`.
ASKED: dict[str, Callable[[Asked], Answer]] = {
    "label_status": label_status.answer,
    "class_level": label_status.class_level,
    "evidence_for": evidence.evidence_for,
    "certainty": evidence.certainty_of,
    "independent": evidence.independent,
    "weakest_link": evidence.weakest_link,
    "premises": evidence.premises,
    "trial_in": gaps.trial_in,
    "closes": gaps.closes,
    "best_trial": gaps.best_trial,
    "compare_policies": derived.compare_policies,
    "made_from": derived.made_from,
}


def queries(project: Project) -> Mapping[str, Query]:
    """What judges read, by name: queries/judge, and those of queries/view that show what judges look at too."""
    paths = (path for folder in ("judge", "view") for path in project.files(f"queries/{folder}", "*.rq"))
    return catalogue.Unread(paths, project.root)
