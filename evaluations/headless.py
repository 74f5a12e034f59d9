"""Headless raters: people who rate in front of a program of an account's, a kiosk or an app, which votes for them.

The program says who is before it, by an id of its own, and that this person agreed to the study's terms. All else is
as on the pages: the same battles, the same INSERT, the same receipts. No name of a model leaves before the study lets
it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evaluations import battles, votes
from evaluations.access import admit
from evaluations.audit import record_event
from evaluations.errors import AccessError, BattleUnknown, RevisionStale, StudyNotOpen
from evaluations.models import Battle, Consent, Prompt, Rater, RaterIdentity, Response, Study, Vote
from evaluations.raters import create_rater, find_consent, give_consent
from evaluations.rows import find_battle
from evaluations.sessions import Session, fetch_session
from evaluations.votes import CastVote, say_why_closed

# Of a program's own choosing; also a part of an address.
EXTERNAL_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@dataclass(frozen=True, kw_only=True)
class HeadlessRater:
    """A rater of a program: by what id, what was agreed to, and how far the session is."""

    rater: Rater
    external_id: str
    consent: Consent | None
    session: Session


@dataclass(frozen=True, kw_only=True)
class ShownBattle:
    """A battle as it is shown, with its texts and nothing of who wrote them. place: which vote of the session."""

    battle: Battle
    revision: int
    place: int
    messages: Sequence[Mapping[str, str]]
    left: str
    right: str


@transaction.atomic
def register_rater(
    *, study: Study, external_id: str, may_publish: bool, user: Any, now: datetime
) -> tuple[HeadlessRater, bool]:
    """The rater of this id in this study, who agrees to its terms as they are now, and whether there was none before.

    The same id, account and study: the same rater; what was agreed to first stands while the terms do. Who works on a
    study by invitation may invite, so that its programs' raters are let in; a panel's people come from the panel alone.
    Raises StudyNotOpen, AccessError.
    """
    if not study.takes_votes:
        raise StudyNotOpen(say_why_closed(study=study))
    if study.access == Study.Access.PANEL:
        raise AccessError(_("This study is for the members of a panel, who rate on its pages."))
    rater, is_new = _find_or_make(study=study, external_id=external_id, user=user, now=now)
    if study.access == Study.Access.INVITATION:
        admit(study=study, rater=rater, now=now)
    give_consent(rater=rater, study=study, may_publish=may_publish, uses_keys=False, now=now)
    if is_new:
        # Without the id, which is forgotten with the person.
        record_event(kind="headless_rater_made", user=user, now=now, study=study)
    return _describe(study=study, rater=rater, external_id=external_id), is_new


def fetch_rater(*, study: Study, external_id: str, user: Any) -> HeadlessRater:
    """Raises RaterIdentity.DoesNotExist."""
    place = {"source": _name_source(study=study, user=user), "external_id": external_id}
    rater = RaterIdentity.objects.select_related("rater").get(**place).rater
    return _describe(study=study, rater=rater, external_id=external_id)


def show_next(
    *,
    study: Study,
    rater: Rater,
    columns_root: Path,
    generator: np.random.Generator,
    now: datetime,
    after: str = "",
) -> tuple[ShownBattle | None, Session]:
    """As `battles.show_next`, for a rater who agreed to the terms of now. Raises AccessError besides."""
    if find_consent(rater=rater, study=study) is None:
        raise AccessError(
            _("This study’s terms have changed. Show them to your rater, then register the rater again.")
        )
    battle, session = battles.show_next(
        study=study, rater=rater, columns_root=columns_root, generator=generator, now=now, after=after
    )
    return (None if battle is None else _show(battle=battle, session=session, now=now)), session


def fetch_battle(*, token: str, user: Any) -> Battle:
    """The battle, of a rater of this account's programs. Raises BattleUnknown."""
    battle = find_battle(token=token)
    if battle is None or battle.rater.run_by_id is None or battle.rater.run_by_id != user.pk:
        raise BattleUnknown(_("There is no such comparison. Nothing was recorded."))
    return battle


def show_again(*, battle: Battle, now: datetime) -> ShownBattle:
    """The battle as it was shown."""
    shown, session = battles.show_again(battle=battle)
    return _show(battle=shown, session=session, now=now)


def cast_vote(*, battle: Battle, outcome: str, revision: int, now: datetime, **said: Any) -> CastVote:
    """As `votes.cast_vote`; another answer at a revision that has one is refused, not passed over.

    Raises RevisionStale, which says what stands, and as `votes.cast_vote`.
    """
    cast = votes.cast_vote(battle=battle, outcome=outcome, revision=revision, now=now, **said)
    if cast.vote.outcome != outcome:
        raise RevisionStale(
            _(
                "At this revision the answer “%(outcome)s” is recorded, with the receipt %(receipt)s. It stands."
            )
            % {"outcome": cast.vote.outcome, "receipt": cast.vote.receipt}
        )
    return cast


def undo_vote(*, battle: Battle, now: datetime) -> Vote:
    """The vote that was taken back. Raises VotingError, UndoRefused."""
    vote = votes.fetch_standing_vote(battle=battle)
    votes.undo_vote(vote=vote, now=now)
    return vote


def reveal_models(*, battle: Battle, now: datetime) -> tuple[Response, Response]:
    """Left and right with their models, where the study lets a rater know.

    Raises VotingError, UndoRefused, StudyError.
    """
    votes.reveal_models(vote=votes.fetch_standing_vote(battle=battle), now=now)
    return battles.fetch_sides(battle=battle)


def _show(*, battle: Battle, session: Session, now: datetime) -> ShownBattle:
    # The rows that a page is made of come without the texts.
    texts = dict(
        Response.objects.filter(pk__in=[battle.left_id, battle.right_id]).values_list("pk", "text").order_by()
    )
    return ShownBattle(
        battle=battle,
        revision=session.find_revision(number=battle.number),
        place=session.place(number=battle.number, now=now),
        messages=Prompt.objects.values_list("messages", flat=True).get(pk=battle.prompt_id),
        left=texts[battle.left_id],
        right=texts[battle.right_id],
    )


def _describe(*, study: Study, rater: Rater, external_id: str) -> HeadlessRater:
    consent = find_consent(rater=rater, study=study)
    session = fetch_session(study=study, rater=rater)
    return HeadlessRater(rater=rater, external_id=external_id, consent=consent, session=session)


def _name_source(*, study: Study, user: Any) -> str:
    """The same id in another study, or given by another account, is somebody else."""
    return f"programs of account {user.pk} in study {study.pk}"


def _find_or_make(*, study: Study, external_id: str, user: Any, now: datetime) -> tuple[Rater, bool]:
    place = {"source": _name_source(study=study, user=user), "external_id": external_id}
    known = RaterIdentity.objects.filter(**place).select_related("rater").first()
    if known is not None:
        return known.rater, False
    try:
        with transaction.atomic():
            rater = create_rater(now=now, kind=Rater.Kind.HEADLESS, run_by=user)
            RaterIdentity.objects.create(rater=rater, **place)
            return rater, True
    except IntegrityError:
        # The same id, a moment ago, in another request.
        return RaterIdentity.objects.select_related("rater").get(**place).rater, False
