"""The votes behind a snapshot: the positions that it counts in the ledger's prefix, to be read in whole or in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import Columns, refresh_columns
from evaluations.documents import list_counted, read_votes
from evaluations.models import Snapshot, Study
from evaluations.publishing.votes import CountedVotes
from evaluations.snapshots import read_document


@dataclass(frozen=True, eq=False, kw_only=True)
class Prefix:
    """positions: (N,) of the counted votes, in the ledger's order. slugs: of the models entered by then. The models of
    its questions are given by id."""

    study: Study
    columns: Columns
    positions: NDArray[np.int64]
    slugs: Sequence[str]

    def find_votes_on(self, model: int) -> NDArray[np.int64]:
        """Positions of the votes in which the model was shown."""
        left, right = self.columns.left[self.positions], self.columns.right[self.positions]
        return np.asarray(self.positions[(left == model) | (right == model)])

    def find_votes_between(self, model: int, rival: int) -> NDArray[np.int64]:
        left, right = self.columns.left[self.positions], self.columns.right[self.positions]
        met = ((left == model) & (right == rival)) | ((left == rival) & (right == model))
        return np.asarray(self.positions[met])

    def read(self, positions: NDArray[np.int64]) -> CountedVotes:
        return read_votes(study=self.study, columns=self.columns, positions=positions, slugs=self.slugs)


def open_prefix(*, snapshot_id: int, columns_root: Path) -> Prefix:
    """Reads no vote from the database, but for those that the columns on this machine do not have yet."""
    snapshot = Snapshot.objects.select_related("leaderboard__study").get(pk=snapshot_id)
    study, columns = snapshot.leaderboard.study, refresh_columns(root=columns_root)
    counted, _exclusions = list_counted(
        columns=columns, study_id=study.pk, size=snapshot.ledger_size, rule=snapshot.exclusions
    )
    slugs = read_document(snapshot=snapshot)["models"]
    return Prefix(study=study, columns=columns, positions=counted, slugs=slugs)
