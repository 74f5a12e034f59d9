"""Battles: what a rater is shown, one at a time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from evaluations.errors import BattleForeign, BattleUnknown, NoEligiblePair, StudyNotOpen
from evaluations.models import Battle, Rater, Response, Skip, Study, Vote
from evaluations.sampling import Draw, Seen, draw_battle, fetch_plan, update_counts

INSERT_BATTLE = """
INSERT INTO evaluations_battle
  (token, study_id, rater_id, number, prompt_id, left_id, right_id, probability, origin, kind, pilot, expected,
   created_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'normal', %s, '', %s, %s)
ON CONFLICT (study_id, rater_id, number) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class SessionBattle:
    """One of a rater's battles in a study, as far as the session needs it."""

    pk: int
    number: int
    token: str
    seen: Seen
    expires_at: datetime
    voted: bool
    skipped: bool

    def is_waiting(self, *, now: datetime) -> bool:
        return not self.voted and not self.skipped and now < self.expires_at


@dataclass(frozen=True, kw_only=True)
class Session:
    """A rater's battles in a study, by number."""

    battles: tuple[SessionBattle, ...]

    @property
    def next_number(self) -> int:
        return self.battles[-1].number + 1 if self.battles else 1

    @property
    def votes(self) -> int:
        return sum(battle.voted for battle in self.battles)


def fetch_battle(*, token: str, rater_code: str | None) -> Battle:
    """The battle with its study, rater and skip. Raises BattleUnknown, BattleForeign."""
    battle = Battle.objects.select_related("study", "rater", "skip").filter(token=token).first()
    if battle is None:
        raise BattleUnknown(_("There is no such comparison. Nothing was recorded."))
    if rater_code is None or not secrets.compare_digest(battle.rater.code, rater_code):
        raise BattleForeign(_("This comparison was shown in another browser. Nothing was recorded."))
    return battle


def fetch_session(*, study: Study, rater: Rater) -> Session:
    standing = Vote.objects.filter(battle=OuterRef("pk")).filter(
        Q(ending__isnull=True) | ~Q(ending__ending="undone")
    )
    rows = (
        Battle.objects.filter(study=study, rater=rater)
        .annotate(voted=Exists(standing), skipped=Exists(Skip.objects.filter(battle=OuterRef("pk"))))
        .order_by("number")
        .values("pk", "number", "token", "prompt_id", "left_id", "right_id", "expires_at", "voted", "skipped")
    )
    return Session(battles=tuple(_read_session_battle(row) for row in rows))


def show_next(
    *, study: Study, rater: Rater, columns_root: Path, generator: np.random.Generator, now: datetime
) -> tuple[Battle | None, Session]:
    """The battle that waits for this rater, or a new one, with its texts; None when there is no more to do.

    Three queries, each of a cost that depends on this rater's battles at most. Raises StudyNotOpen.
    """
    if not study.takes_votes:
        raise StudyNotOpen(_("This study takes no votes now."))
    session = fetch_session(study=study, rater=rater)
    number = next((battle.number for battle in session.battles if battle.is_waiting(now=now)), None)
    if number is None and session.votes < study.session_length:
        draw = _draw_for(study=study, session=session, columns_root=columns_root, generator=generator)
        number = None if draw is None else session.next_number
        if draw is not None:
            _insert_battle(draw=draw, study=study, rater=rater, number=session.next_number, now=now)
    if number is None:
        return None, session
    # Where a second tab was quicker, this is the battle that it made.
    return _read_battle(study=study, rater=rater, number=number), session


def show_again(*, battle: Battle) -> tuple[Battle, Session]:
    """A battle as it was shown, with its texts."""
    session = fetch_session(study=battle.study, rater=battle.rater)
    shown = _read_battle(study=battle.study, rater=battle.rater, number=battle.number)
    return shown, session


def skip_battle(*, battle: Battle, now: datetime) -> None:
    """Pass over the battle. Skipping twice is skipping once; a battle with a vote keeps its vote."""
    Skip.objects.bulk_create([Skip(battle=battle, made_at=now)], ignore_conflicts=True)


def fetch_sides(*, battle: Battle) -> tuple[Response, Response]:
    """The two responses with their models. Only for a vote that can no longer change."""
    found = Response.objects.select_related("model").in_bulk([battle.left_id, battle.right_id])
    return found[battle.left_id], found[battle.right_id]


def _read_session_battle(row: Any) -> SessionBattle:
    seen = Seen(prompt_id=row.pop("prompt_id"), left_id=row.pop("left_id"), right_id=row.pop("right_id"))
    return SessionBattle(**row, seen=seen)


def _read_battle(*, study: Study, rater: Rater, number: int) -> Battle:
    battles = Battle.objects.select_related("prompt", "left", "right")
    battle = battles.get(study=study, rater=rater, number=number)
    battle.study = study
    return battle


def _draw_for(
    *, study: Study, session: Session, columns_root: Path, generator: np.random.Generator
) -> Draw | None:
    plan = fetch_plan(study=study)
    update_counts(plan=plan, root=columns_root)
    try:
        return draw_battle(plan=plan, seen=[battle.seen for battle in session.battles], generator=generator)
    except NoEligiblePair:
        return None


def _insert_battle(*, draw: Draw, study: Study, rater: Rater, number: int, now: datetime) -> None:
    """One statement, no transaction around it: a number that is taken stays with the battle that has it."""
    expires_at = now + timedelta(minutes=study.lease_minutes)
    pair = [draw.prompt_id, draw.left_id, draw.right_id, draw.probability]
    row: list[Any] = [
        secrets.token_urlsafe(16),
        study.pk,
        rater.pk,
        number,
        *pair,
        Battle.Origin.SHOWN,
        study.state == Study.State.PILOT,
        now,
        expires_at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_BATTLE, row)
