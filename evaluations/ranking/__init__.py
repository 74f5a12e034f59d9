"""Votes in, numbers out: pure numpy and scipy, with no Django, no database, no clock, no global random state.

votes = Votes.from_labels(model_a=…, model_b=…, outcome=…, rater=…)
ranking = rank(votes)
"""

from evaluations.ranking.pairing import choose_pair, pair_probabilities
from evaluations.ranking.pairs import PairCounts, count_pairs
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.rankings import Ranking, rank
from evaluations.ranking.votes import OUTCOMES, Votes

__all__ = [
    "OUTCOMES",
    "PairCounts",
    "Parameters",
    "Ranking",
    "Votes",
    "choose_pair",
    "count_pairs",
    "pair_probabilities",
    "rank",
]
