"""How many votes are published at a time.

Between two snapshots a vote apart, anyone reads in the pairs which two models met and what was answered; whoever cast
that vote knows the names then, which a study that hides them until its close does not tell.
"""

from typing import Final

import numpy as np

from evaluations.columns import Columns
from evaluations.models import Leaderboard, Snapshot, Study

FEWEST_VOTES: Final = 10


def keeps_votes_back(*, leaderboard: Leaderboard, columns: Columns) -> bool:
    """Whether the votes since the last snapshot are too few to be told apart from one another. They wait for others, or
    for the close of the study, or for a decision about a rater, which is published at once."""
    study = leaderboard.study
    if not _hides_names(study):
        return False
    applied = leaderboard.snapshots.filter(exclusions=Snapshot.Exclusions.APPLIED)
    size = applied.order_by("-ledger_size").values_list("ledger_size", flat=True).first() or 0
    mine = columns.study[size:] == study.pk
    votes = int(np.count_nonzero(mine & (columns.outcome[size:] >= 0)))
    return 0 < votes < FEWEST_VOTES and not bool(np.any(mine & (columns.decision[size:] > 0)))


def _hides_names(study: Study) -> bool:
    asking = study.state in {Study.State.PILOT, Study.State.OPEN}
    return asking and not (study.reveals_after_vote or study.recorded or study.simulated)
