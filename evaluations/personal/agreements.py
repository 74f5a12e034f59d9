"""How often others voted as this rater did, on the same two responses to the same prompt."""

from typing import Final

import numpy as np

from evaluations.columns import Columns
from evaluations.documents import list_counted, list_received
from evaluations.models import Rater, Study
from evaluations.personal.votes import has_closed
from evaluations.quality.raters import encode_items
from evaluations.ranking import RaterShare, measure_conformity

LEVEL: Final = 0.95


def measure_own_agreement(*, study: Study, rater: Rater, columns: Columns) -> RaterShare | None:
    """As staff see it of every rater (`quality.raters`), for one. The others are those whose votes are counted.

    None before the study has closed: who votes on should not know how others vote; and where nobody else judged the
    same. Reads the columns once, and no row of the database.
    """
    if not has_closed(study=study):
        return None
    received = list_received(columns=columns, study_id=study.pk, size=columns.size)
    mine = columns.rater[received] == rater.pk
    # Only prompts of this rater's can be shared with anyone.
    met = received[np.isin(columns.prompt[received], np.unique(columns.prompt[received[mine]]))]
    counted, _exclusions = list_counted(columns=columns, study_id=study.pk, size=columns.size)
    item, value = encode_items(columns=columns, positions=met)
    shares = measure_conformity(
        item=item,
        rater=np.array(columns.rater[met], dtype=np.int64),
        value=value,
        others=np.isin(met, counted),
        level=LEVEL,
    )
    return next((share for share in shares.by_rater if share.rater == rater.pk), None)
