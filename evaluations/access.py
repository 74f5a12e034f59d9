"""Access: who may rate in a study that is not open to everyone, and how they get in."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import AccessError, StudyError, StudyNotOpen
from evaluations.models import Admission, Invitation, Rater, Study
from evaluations.raters import create_rater
from evaluations.votes import say_why_closed

MOST_PLACES = 10_000


def is_admitted(*, study: Study, rater: Rater | None) -> bool:
    """Whether this rater may rate in the study: everyone may in a public one."""
    if study.access == Study.Access.PUBLIC:
        return True
    return rater is not None and Admission.objects.filter(study=study, rater=rater).exists()


def require_admission(*, study: Study, rater: Rater | None) -> None:
    """Raises AccessError, which says how one gets in."""
    if is_admitted(study=study, rater=rater):
        return
    if study.access == Study.Access.PANEL:
        raise AccessError(
            _(
                "This study is for the members of a panel. Start it from the panel’s own page, in this browser."
            )
        )
    raise AccessError(
        _("This study is by invitation. Open the link of your invitation in this browser, then start.")
    )


@transaction.atomic
def make_invitation(
    *, study: Study, label: str, places: int, expires_at: datetime | None, user: Any, now: datetime
) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is told this once and kept as a digest only.

    Raises StudyError where the study is not by invitation, or where it would let nobody in.
    """
    if study.access != Study.Access.INVITATION:
        raise StudyError(_("This study is not by invitation. Change that in its settings before it opens."))
    if not 1 <= places <= MOST_PLACES:
        raise StudyError(_("An invitation is good for 1 to %(most)s people.") % {"most": MOST_PLACES})
    if expires_at is not None and expires_at <= now:
        raise StudyError(_("This invitation would be over before anyone uses it. Choose a later day."))
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        study=study,
        label=label[:120],
        digest=digest_secret(secret),
        places=places,
        expires_at=expires_at,
        created_at=now,
        created_by=user,
    )
    _record(kind="invitation_made", invitation=invitation, user=user, now=now)
    return invitation, secret


@transaction.atomic
def withdraw_invitation(*, study: Study, pk: int, user: Any, now: datetime) -> Invitation:
    """Let nobody in any more with this link; who is in stays in. Doing it twice is doing it once."""
    invitation = Invitation.objects.select_for_update().get(study=study, pk=pk)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        _record(kind="invitation_withdrawn", invitation=invitation, user=user, now=now)
    return invitation


def find_invitation(*, secret: str) -> Invitation:
    """The invitation of this link, with its study. Raises AccessError where there is none."""
    invitation = Invitation.objects.select_related("study").filter(digest=digest_secret(secret)).first()
    if invitation is None or invitation.study.state == Study.State.DRAFT:
        raise AccessError(_("This link is not an invitation. Check that you copied all of it."))
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, rater: Rater | None, code: str, now: datetime) -> Rater:
    """Let this rater in, or the new one whose code this is: a form sent twice takes one place.

    Raises AccessError where no place is left or the link is over, StudyNotOpen where the study takes no votes.
    """
    if not invitation.study.takes_votes:
        raise StudyNotOpen(say_why_closed(study=invitation.study))
    # Two forms with one code wait for each other here, and so do two raters for the last place below.
    rater = rater or create_rater(now=now, kind=Rater.Kind.INVITED, code=code)
    if not _admit(study=invitation.study, rater=rater, invitation=invitation, now=now):
        return rater
    open_to_more = Q(withdrawn_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    places = Invitation.objects.filter(open_to_more, pk=invitation.pk, taken__lt=F("places"))
    if not places.update(taken=F("taken") + 1):
        raise AccessError(explain_refusal(invitation=Invitation.objects.get(pk=invitation.pk), now=now))
    return rater


def admit(*, study: Study, rater: Rater, now: datetime) -> None:
    """Let this rater in, without an invitation. Twice is once."""
    _admit(study=study, rater=rater, invitation=None, now=now)


def digest_secret(secret: str) -> str:
    """192 bits of chance need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _admit(*, study: Study, rater: Rater, invitation: Invitation | None, now: datetime) -> bool:
    """Whether this is news."""
    _admission, is_new = Admission.objects.get_or_create(
        study=study, rater=rater, defaults={"invitation": invitation, "admitted_at": now}
    )
    return is_new


def explain_refusal(*, invitation: Invitation, now: datetime) -> str:
    """Why this invitation lets nobody in any more, and what to do; empty while it does."""
    if invitation.withdrawn_at is not None:
        return _("This invitation was withdrawn. Ask whoever sent it for another one.")
    if invitation.expires_at is not None and invitation.expires_at <= now:
        return _("This invitation has expired. Ask whoever sent it for another one.")
    if invitation.taken >= invitation.places:
        return _("All places of this invitation are taken. Ask whoever sent it for another one.")
    return ""


def _record(*, kind: str, invitation: Invitation, user: Any, now: datetime) -> None:
    record_event(
        kind=kind,
        user=user,
        now=now,
        study=invitation.study,
        subject=f"invitation {invitation.pk}",
        details={"label": invitation.label, "places": invitation.places, "taken": invitation.taken},
    )
