"""How the verdict on a claim went, from one published snapshot to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from evaluations.history import Standing, list_standings
from evaluations.models import Snapshot
from evaluations.ranking.claims import Verdict

MOST_SHOWN: Final = 12


@dataclass(frozen=True, kw_only=True)
class PastVerdict:
    """What a snapshot said. lower, upper: of the expected score, None where the votes rule out every one; mean: of the
    observations, None without any."""

    at: datetime
    ledger_size: int
    verdict: Verdict
    lower: float | None
    upper: float | None
    mean: float | None
    observations: int


@dataclass(frozen=True, kw_only=True)
class VerdictHistory:
    """past: the oldest first, as many as are shown; since: the first snapshot of the present verdict's last run;
    unjudged: whether earlier snapshots exist that judge no claims."""

    past: Sequence[PastVerdict]
    since: PastVerdict | None
    unjudged: bool


def fetch_history(*, snapshot: Snapshot, number: int, most: int = MOST_SHOWN) -> VerdictHistory:
    """Of one claim, up to this snapshot, which judges it. Later snapshots change nothing of it."""
    standings = list_standings(snapshot=snapshot)
    judged = [(point, past) for point in standings if (past := _read(point, number=number))]
    if not judged:
        return VerdictHistory(past=(), since=None, unjudged=bool(standings))
    present = judged[-1][1].verdict
    before = [point.ledger_size for point, past in judged if past.verdict != present]
    return VerdictHistory(
        past=_thin([past for _point, past in judged], most=most),
        since=_find_first(snapshot=snapshot, number=number, verdict=present, after=max(before, default=0)),
        unjudged=len(judged) < len(standings),
    )


def _read(standing: Standing, *, number: int) -> PastVerdict | None:
    said = (standing.claims or {}).get(str(number))
    if said is None:
        return None
    verdict, lower, upper, mean, observations = said
    return PastVerdict(
        at=standing.at,
        ledger_size=standing.ledger_size,
        verdict=verdict,
        lower=lower,
        upper=upper,
        mean=mean,
        observations=observations,
    )


def _thin(past: Sequence[PastVerdict], *, most: int) -> list[PastVerdict]:
    """The first and the last, each with which the verdict changed, and evenly spread ones."""
    turns = {place for place in range(1, len(past)) if past[place].verdict != past[place - 1].verdict}
    step = max((len(past) - 1) / (most - 1), 1.0)
    spread = {round(number * step) for number in range(most)}
    return [item for place, item in enumerate(past) if place in turns | spread or place in (0, len(past) - 1)]


def _find_first(*, snapshot: Snapshot, number: int, verdict: str, after: int) -> PastVerdict | None:
    """The first snapshot with this verdict after one that had another. Standings are thinned, so that it may lie
    between two of them."""
    same = Snapshot.objects.filter(
        leaderboard=snapshot.leaderboard_id,
        exclusions=snapshot.exclusions,
        ledger_size__gt=after,
        ledger_size__lte=snapshot.ledger_size,
    )
    judged = same.filter(**{f"standing__claims__{number}__0": verdict})
    row = judged.order_by("ledger_size", "created_at").values("created_at", "ledger_size", "standing").first()
    if row is None:
        return None
    return _read(
        Standing(
            at=row["created_at"],
            ledger_size=row["ledger_size"],
            votes=0,
            models={},
            claims=row["standing"]["claims"],
        ),
        number=number,
    )
