"""Votes in, numbers out: numpy, scipy and compiled loops; no Django, no database, no clock, no global random state.

votes = Votes.from_labels(model_a=…, model_b=…, outcome=…, rater=…)
ranking = rank(votes)
"""

from evaluations.ranking.agreement import Agreement, Figure, measure_agreement
from evaluations.ranking.claims import Judgement, Plan, judge_claim, plan_claim
from evaluations.ranking.confidence_sequences import ConfidenceSequence, confidence_sequence
from evaluations.ranking.conformity import measure_conformity
from evaluations.ranking.consistency import (
    RaterShare,
    Shares,
    compare_raters,
    measure_accuracy,
    measure_consistency,
)
from evaluations.ranking.influence import Turn, turn_order
from evaluations.ranking.pairing import (
    adaptive_probabilities,
    choose_pair,
    choose_pair_adaptively,
    find_settled_pairs,
    pair_probabilities,
)
from evaluations.ranking.pairs import PairCounts, count_pairs
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.planning import votes_needed, votes_to_separate
from evaluations.ranking.rankings import rank
from evaluations.ranking.reports.records import Report, list_rows
from evaluations.ranking.reports.tables import as_table
from evaluations.ranking.results import Effect, Ranking
from evaluations.ranking.rigging import Suspicion, suspect_raters
from evaluations.ranking.slices import Slice, rank_slices
from evaluations.ranking.style import (
    STYLE_FEATURES,
    measure_style,
    standardise_differences,
    style_differences,
)
from evaluations.ranking.votes import OUTCOMES, Votes
from evaluations.ranking.warming import warm_kernels

__all__ = [
    "OUTCOMES",
    "STYLE_FEATURES",
    "Agreement",
    "ConfidenceSequence",
    "Effect",
    "Figure",
    "Judgement",
    "PairCounts",
    "Parameters",
    "Plan",
    "Ranking",
    "RaterShare",
    "Report",
    "Shares",
    "Slice",
    "Suspicion",
    "Turn",
    "Votes",
    "adaptive_probabilities",
    "as_table",
    "choose_pair",
    "choose_pair_adaptively",
    "compare_raters",
    "confidence_sequence",
    "count_pairs",
    "find_settled_pairs",
    "judge_claim",
    "list_rows",
    "measure_accuracy",
    "measure_agreement",
    "measure_conformity",
    "measure_consistency",
    "measure_style",
    "pair_probabilities",
    "plan_claim",
    "rank",
    "rank_slices",
    "standardise_differences",
    "style_differences",
    "suspect_raters",
    "turn_order",
    "votes_needed",
    "votes_to_separate",
    "warm_kernels",
]
