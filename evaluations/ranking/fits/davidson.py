"""Whether Davidson's tie parameter has a finite value on these votes.

The likelihood has no top where it rises for ever in some direction (v, t) of (θ, log ν), that is where every vote
seen stays the likeliest or as likely: for a win of i over j  v_i − v_j ≥ max(v_j − v_i, 2t), for a tie
2t ≥ |v_i − v_j|. With t = 0 that is the strong connection of the win graph, which `components` sees to. With t < 0
there is no tie. With t > 0 the v are a solution of  v_i − v_j ≥ 1 (wins), |v_i − v_j| ≤ 1 (ties), which exists exactly
when that system of differences has no negative cycle; any cycle of wins is one.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import NegativeCycleError, bellman_ford, connected_components

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.pairs import PairWeights


def has_tie_parameter(weights: PairWeights, *, prior: float) -> bool:
    """Whether ties have a parameter of their own to fit; without any tie, ν is nought and there is none.

    weights: of the K placed models, tied together. prior: precision of a prior on θ, with which no v grows for ever.
    Raises UnsupportedParameter where ν has no finite value.
    """
    if not weights.ties.any():
        return False
    if not weights.wins.any():
        raise UnsupportedParameter(
            'Every vote of the fit is a tie: Davidson\'s tie parameter has no finite value. Use ties="half".'
        )
    if not (prior or _has_cycle_of_wins(weights) or _is_bounded(weights)):
        raise UnsupportedParameter(
            "The wins all go one way, and the ties fit in between: Davidson's tie parameter has no finite value on "
            'these votes. Use ties="half".'
        )
    return True


def _has_cycle_of_wins(weights: PairWeights) -> bool:
    parts, _ = connected_components(weights.wins > 0, directed=True, connection="strong")
    return bool(parts < len(weights.wins))


def _is_bounded(weights: PairWeights) -> bool:
    """Whether the system of differences has a negative cycle; asked only where the wins have none."""
    models = len(weights.wins)
    winner, loser = np.nonzero(weights.wins)
    one, other = np.nonzero(weights.ties)
    # Of two edges between the same models the stricter one counts, and that is the win.
    strict = weights.wins[one, other] == 0
    lengths = np.concatenate([np.full(len(winner), -1.0), np.ones(int(strict.sum()))])
    ends = (np.concatenate([winner, one[strict]]), np.concatenate([loser, other[strict]]))
    try:
        # Wins and ties tie all models together, so that every cycle is reached from the first of them.
        bellman_ford(csr_array((lengths, ends), shape=(models, models)), indices=np.zeros(1, dtype=np.int32))
    except NegativeCycleError:
        return True
    return False
