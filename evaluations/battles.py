"""Battles: what a rater is shown, one at a time."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations import rows
from evaluations.briefings.comprehension import require_comprehension
from evaluations.errors import BattleForeign, BattleUnknown, NoEligiblePair, StudyNotOpen
from evaluations.items import lease_slot, return_slot
from evaluations.models import Battle, Rater, Response, Skip, Study
from evaluations.rendered import ensure_prompt_rendered, ensure_rendered
from evaluations.repeats import choose_extra
from evaluations.sampling import Draw, draw_battle
from evaluations.sessions import Session, fetch_session
from evaluations.statements import open_cursor
from evaluations.study_plans import StudyPlan, fetch_plan, update_counts
from evaluations.vote_rows import has_standing_vote
from evaluations.votes import say_why_closed

# The battle on screen, and one that is ready for when it is done.
MOST_WAITING = 2

INSERT_BATTLE = """
INSERT INTO evaluations_battle
  (token, study_id, rater_id, number, prompt_id, left_id, right_id, probability, origin, kind, pilot, repeats_id,
   expected, created_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (study_id, rater_id, number) DO NOTHING
"""


def fetch_battle(*, token: str, rater_code: str | None) -> Battle:
    """The battle with its study, rater and skip. Raises BattleUnknown, BattleForeign."""
    battle = rows.find_battle(token=token)
    if battle is None:
        raise BattleUnknown(_("There is no such comparison. Nothing was recorded."))
    if rater_code is None or not secrets.compare_digest(battle.rater.code, rater_code):
        raise BattleForeign(_("This comparison was shown in another browser. Nothing was recorded."))
    return battle


def show_next(
    *,
    study: Study,
    rater: Rater,
    columns_root: Path,
    generator: np.random.Generator,
    now: datetime,
    after: str = "",
) -> tuple[Battle | None, Session]:
    """The battle that waits for this rater, or a new one, with its texts; None when there is no more to do.

    `after` is the token of a battle that is before the rater's eyes: then the one that follows it, to be held ready.
    None where that would be more than one ahead, more than the session has room for, or after a battle that is none
    of this session's. Three queries, each of a cost that depends on this rater's battles at most. Raises StudyNotOpen
    and, before the first battle, ComprehensionMissing.
    """
    if not study.takes_votes:
        raise StudyNotOpen(say_why_closed(study=study))
    session = fetch_session(study=study, rater=rater)
    if not session.battles:
        # Before the first battle: who has one has passed, and is not asked for again.
        require_comprehension(study=study, rater=rater)
    waiting = session.list_waiting(now=now)
    shown = next((battle.number for battle in session.battles if battle.token == after), 0)
    if after and not shown:
        return None, session
    number = next((battle.number for battle in waiting if battle.number > shown), None)
    # A new number is the next after all that this session was read with: whoever else adds one now takes this number,
    # so that no crowd of requests makes a session longer.
    if number is None and len(waiting) < MOST_WAITING and session.has_room(now=now):
        plan = fetch_plan(study=study)
        update_counts(plan=plan, root=columns_root)
        if _make_next(study=study, rater=rater, session=session, plan=plan, generator=generator, now=now):
            number = session.next_number
    if number is None:
        return None, session
    # Where a second tab was quicker, this is the battle that it made.
    return _read_battle(study=study, rater=rater, number=number), session


def show_again(*, battle: Battle) -> tuple[Battle, Session]:
    """A battle as it was shown, with its texts."""
    session = fetch_session(study=battle.study, rater=battle.rater)
    shown = _read_battle(study=battle.study, rater=battle.rater, number=battle.number)
    return shown, session


@transaction.atomic
def skip_battle(*, battle: Battle, now: datetime, reason: str = Skip.Reason.NONE) -> None:
    """Pass over the battle. Skipping twice is skipping once; a battle with a vote that stands is not passed over any
    more. What is no reason that is offered counts as none."""
    if has_standing_vote(battle=battle):
        return
    known = reason if reason in Skip.Reason.values else Skip.Reason.NONE
    Skip.objects.bulk_create([Skip(battle=battle, reason=known, made_at=now)], ignore_conflicts=True)
    if battle.study.sampling == Study.Sampling.DESIGNED:
        return_slot(battle=battle)


def fetch_sides(*, battle: Battle) -> tuple[Response, Response]:
    """The two responses with their models. Only for a vote that can no longer change."""
    found = Response.objects.select_related("model").in_bulk([battle.left_id, battle.right_id])
    return found[battle.left_id], found[battle.right_id]


def _read_battle(*, study: Study, rater: Rater, number: int) -> Battle:
    battle = rows.fetch_with_texts(study=study, rater=rater, number=number)
    ensure_prompt_rendered(battle.prompt)
    ensure_rendered(battle.left)
    ensure_rendered(battle.right)
    return battle


def _make_next(
    *,
    plan: StudyPlan,
    session: Session,
    generator: np.random.Generator,
    study: Study,
    rater: Rater,
    now: datetime,
) -> bool:
    """Make the session's next battle, by the study's way of choosing it. Whether there is one."""
    place: dict[str, Any] = {"study": study, "rater": rater, "number": session.next_number, "now": now}
    seen = [battle.seen for battle in session.battles]
    if study.reveals_after_vote:
        # The names of a pilot's battles could be asked for too.
        seen += session.elsewhere
    extra = choose_extra(study=study, plan=plan, past=session.battles, seen=seen, generator=generator)
    if extra is not None:
        _insert_battle(battle=extra, **place)
        return True
    if study.sampling == Study.Sampling.DESIGNED and study.state == Study.State.OPEN:
        swapped = bool(generator.random() < 0.5)
        return lease_slot(**place, token=_make_token(), swapped=swapped)
    try:
        drawn = draw_battle(plan=plan, seen=seen, generator=generator, once=study.reveals_after_vote)
    except NoEligiblePair:
        return False
    _insert_battle(battle=drawn, **place)
    return True


def _make_token() -> str:
    return secrets.token_urlsafe(16)


def _insert_battle(*, battle: Draw, study: Study, rater: Rater, number: int, now: datetime) -> None:
    """One statement, no transaction around it: a number that is taken stays with the battle that has it."""
    origin, pilot = Battle.Origin.SHOWN, study.state == Study.State.PILOT
    pair = [battle.prompt_id, battle.left_id, battle.right_id, battle.probability]
    measured = [battle.kind, pilot, battle.repeats_id, battle.expected]
    expires_at = now + timedelta(minutes=study.lease_minutes)
    row: list[Any] = [_make_token(), study.pk, rater.pk, number, *pair, origin, *measured, now, expires_at]
    with open_cursor() as cursor:
        cursor.execute(INSERT_BATTLE, row)
