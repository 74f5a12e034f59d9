"""Claims as the votes judge them so far: those that the protocol was frozen with, and no others.

Counted are the head-to-head votes of the two models that the ranking counts, in the order of the ledger. A rater's
first one is an observation. Whoever excludes a rater takes an observation out, or a later one in, so that a verdict
holds for the votes that are counted: it can change with a decision about a rater, and with no vote.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import OUTCOMES, Columns, refresh_columns
from evaluations.documents import list_counted
from evaluations.models import LanguageModel, LedgerEntry, Outcome, Snapshot, Study
from evaluations.ranking import judge_claim
from evaluations.ranking.claims import Verdict, claim_edges
from evaluations.studies.power import KINDS

MOST_KEPT: Final = 32


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """A claim of the protocol, and what the votes say of it.

    kind, margin, alpha: as in Claim; model, rival: names. holds: the expected scores of the model between which the
    claim is true. lower, upper: of that score, at `level`; None where the votes rule out every score; lower_points,
    upper_points: the same on the Elo scale, None where it has no bound. mean: of the observations, None without any.
    votes: head to head; observations: raters who cast them. still_needed: more of those until a verdict if scores go
    on as so far, 0 once there is one, None where no number in sight would do.
    """

    number: int
    kind: str
    model: str
    rival: str
    margin: float
    alpha: float
    level: float
    holds: tuple[float, float]
    verdict: Verdict
    lower: float | None
    upper: float | None
    lower_points: float | None
    upper_points: float | None
    mean: float | None
    votes: int
    observations: int
    still_needed: int | None


# What this process judged last: a pure function of a protocol and a prefix of the ledger, which its last leaf names.
_judged: OrderedDict[tuple[Any, ...], list[JudgedClaim]] = OrderedDict()


def fetch_published_claims(*, study: Study, columns_root: Path) -> list[JudgedClaim]:
    """The claims as of the study's newest snapshot, which is what its leaderboard shows."""
    if not _list_frozen(study=study):
        return []
    published = Snapshot.objects.filter(leaderboard__study=study, exclusions=Snapshot.Exclusions.APPLIED)
    sizes = published.order_by("-ledger_size").values_list("ledger_size", flat=True)
    return fetch_claims(study=study, size=sizes.first() or 0, columns_root=columns_root)


def fetch_claims(*, study: Study, size: int, columns_root: Path) -> list[JudgedClaim]:
    """`judge_claims`, from this process's memory where it has judged this prefix. No query without a claim."""
    if not _list_frozen(study=study):
        return []
    leaf = LedgerEntry.objects.filter(position=size - 1).values_list("leaf_hash", flat=True).first()
    key = (study.pk, study.protocol_hash, size, bytes(leaf or b""))
    if key not in _judged:
        columns = refresh_columns(root=columns_root)
        _judged[key] = judge_claims(study=study, columns=columns, size=size)
        while len(_judged) > MOST_KEPT:
            _judged.popitem(last=False)
    return _judged[key]


def judge_claims(*, study: Study, columns: Columns, size: int | None = None) -> list[JudgedClaim]:
    """Judge every claim on the ledger's first `size` entries, all of them unless told otherwise."""
    frozen = _list_frozen(study=study)
    if not frozen:
        return []
    slugs = {claim[side] for claim in frozen for side in ("model", "rival")}
    ids = dict(LanguageModel.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    names = {model["slug"]: model["name"] for model in (study.protocol or {})["models"]}
    size = columns.size if size is None else size
    counted, _exclusions = list_counted(columns=columns, study_id=study.pk, size=size)
    return [_judge(claim=claim, ids=ids, names=names, columns=columns, counted=counted) for claim in frozen]


def _list_frozen(*, study: Study) -> list[dict[str, Any]]:
    """The claims in the protocol of an opened study: those of a draft or a pilot are not registered yet."""
    return (study.protocol or {}).get("claims", []) if study.opened_at is not None else []


def _judge(
    *,
    claim: Mapping[str, Any],
    ids: Mapping[str, int],
    names: Mapping[str, str],
    columns: Columns,
    counted: NDArray[np.int64],
) -> JudgedClaim:
    kind = KINDS[claim["kind"]]
    met, score = _score_model(
        columns=columns, counted=counted, model=ids[claim["model"]], rival=ids[claim["rival"]]
    )
    found = judge_claim(
        kind=kind,
        margin=claim["margin"],
        score=score,
        rater=columns.rater[met],
        level=1 - claim["alpha"],
    )
    return JudgedClaim(
        number=claim["number"],
        kind=claim["kind"],
        model=names[claim["model"]],
        rival=names[claim["rival"]],
        margin=claim["margin"],
        alpha=claim["alpha"],
        level=found.level,
        holds=claim_edges(kind=kind, margin=claim["margin"]),
        verdict=found.verdict,
        lower=found.lower,
        upper=found.upper,
        lower_points=found.lower_points,
        upper_points=found.upper_points,
        mean=found.mean,
        votes=found.votes,
        observations=found.observations,
        still_needed=found.still_needed,
    )


def _score_model(
    *, columns: Columns, counted: NDArray[np.int64], model: int, rival: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where the two meet, and what the model scores there: 1 for a win, 0 for a loss, else ½."""
    left, right = columns.left[counted], columns.right[counted]
    is_left = (left == model) & (right == rival)
    met = is_left | ((left == rival) & (right == model))
    outcome = columns.outcome[counted][met]
    won = np.where(is_left[met], OUTCOMES[Outcome.LEFT], OUTCOMES[Outcome.RIGHT])
    sided = (outcome == OUTCOMES[Outcome.LEFT]) | (outcome == OUTCOMES[Outcome.RIGHT])
    return counted[met], np.where(sided, (outcome == won).astype(np.float64), 0.5)
