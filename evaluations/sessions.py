"""Sessions: what a rater was shown in a study so far, and how far that is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from evaluations.models import Battle, Rater, Skip, Study, Vote
from evaluations.sampling import Seen

READ = (
    *(
        "pk",
        "number",
        "token",
        "kind",
        "pilot",
        "prompt_id",
        "left_id",
        "right_id",
        "repeats_id",
        "expires_at",
    ),
    *("voted", "revealed", "skipped"),
)


@dataclass(frozen=True, kw_only=True)
class SessionBattle:
    """One of a rater's battles in a study, as far as the session needs it."""

    pk: int
    number: int
    token: str
    kind: str
    seen: Seen
    repeats_id: int | None
    expires_at: datetime
    voted: bool
    revealed: bool
    skipped: bool

    def is_waiting(self, *, now: datetime) -> bool:
        return not self.voted and not self.skipped and now < self.expires_at


@dataclass(frozen=True, kw_only=True)
class Session:
    """A rater's battles in a study: those of the pilot while it lasts, else those since. Numbers run on."""

    battles: tuple[SessionBattle, ...]
    next_number: int
    length: int

    @property
    def votes(self) -> int:
        return sum(battle.voted for battle in self.battles)

    @property
    def is_full(self) -> bool:
        return self.votes >= self.length


def fetch_session(*, study: Study, rater: Rater) -> Session:
    """One query."""
    rows = (
        Battle.objects.filter(study=study, rater=rater)
        .annotate(
            voted=Exists(_find_votes(Q(ending__isnull=True) | ~Q(ending__ending="undone"))),
            revealed=Exists(_find_votes(Q(ending__ending="revealed"))),
            skipped=Exists(Skip.objects.filter(battle=OuterRef("pk"))),
        )
        .order_by("number")
        .values(*READ)
    )
    battles = [(row.pop("pilot"), _read_battle(row)) for row in rows]
    return Session(
        battles=tuple(battle for pilot, battle in battles if pilot == (study.state == Study.State.PILOT)),
        next_number=battles[-1][1].number + 1 if battles else 1,
        length=study.session_length,
    )


def _find_votes(condition: Q) -> Any:
    return Vote.objects.filter(condition, battle=OuterRef("pk"))


def _read_battle(row: dict[str, Any]) -> SessionBattle:
    seen = Seen(prompt_id=row.pop("prompt_id"), left_id=row.pop("left_id"), right_id=row.pop("right_id"))
    return SessionBattle(**row, seen=seen)
