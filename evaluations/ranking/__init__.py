"""Votes in, numbers out: pure numpy and scipy, with no Django, no database, no clock, no global random state.

votes = Votes.from_labels(model_a=…, model_b=…, outcome=…, rater=…)
ranking = rank(votes)
"""

from evaluations.ranking.influence import Turn, turn_order
from evaluations.ranking.pairing import choose_pair, pair_probabilities
from evaluations.ranking.pairs import PairCounts, count_pairs
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.planning import votes_needed, votes_to_separate
from evaluations.ranking.rankings import Effect, Ranking, rank
from evaluations.ranking.slices import Slice, rank_slices
from evaluations.ranking.votes import OUTCOMES, Votes
from evaluations.ranking.warming import warm_kernels

__all__ = [
    "OUTCOMES",
    "Effect",
    "PairCounts",
    "Parameters",
    "Ranking",
    "Slice",
    "Turn",
    "Votes",
    "choose_pair",
    "count_pairs",
    "pair_probabilities",
    "rank",
    "rank_slices",
    "turn_order",
    "votes_needed",
    "votes_to_separate",
    "warm_kernels",
]
