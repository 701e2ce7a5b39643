"""What nobody studied: gaps, what would close them, and uses that stand on a trial of somebody else's."""

from kgtool.judge.gaps.questions import best_trial, closes, trial_in
from kgtool.judge.gaps.rule import judge
from kgtool.judge.gaps.transfers import judge as judge_transfers

__all__ = ["best_trial", "closes", "judge", "judge_transfers", "trial_in"]
