"""What follows from claims: each judgement with its reason, the claims it rests on, its rule and its policy.

A judge reads claims, and the judgements of judges before it in ``JUDGES``, and nothing later: no rule feeds itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge import comparing, derived, gaps, label_status
from kgtool.judge.asked import Asked
from kgtool.judge.evidence import judges as evidence
from kgtool.store import Store

# In the order in which a build runs them, once for each policy: (store, views, policy IRI) → judgements.
JUDGES: dict[str, Callable[[Store, Mapping[str, Query], str], list[Judgement]]] = {
    "label-status": label_status.judgements,
    "evidence": evidence.evidence,
    "gaps": gaps.judge,
    "transfers": gaps.judge_transfers,
    "comparing": comparing.judge,
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
