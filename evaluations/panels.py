"""Panels: people whom a panel sends, by the ids in an address, and who go back with a code.

The ids stay beside the votes, in a row that can be erased: nothing of a vote, the ledger or an export needs them. Which
code a person goes back with follows from what they did; nobody is turned down by the machine.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evaluations.access import admit
from evaluations.audit import record_event
from evaluations.briefings.comprehension import has_failed
from evaluations.errors import AccessError, StudyError, StudyNotOpen
from evaluations.models import Admission, Consent, Panel, Rater, RaterIdentity, Study
from evaluations.raters import create_rater
from evaluations.sessions import fetch_session
from evaluations.votes import say_why_closed

PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
PARTICIPANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]{0,119}")
CODE = re.compile(r"[A-Za-z0-9_-]{4,60}")
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODES = ("code_done", "code_screened_out", "code_stopped")
FIELDS = ("participant_parameter", "study_parameter", "session_parameter", "return_url", *CODES)


@dataclass(frozen=True, kw_only=True)
class PanelExit:
    """With which code a rater goes back from a study, and where to; return_url: "" where the panel gave none."""

    study: Study
    code: str
    return_url: str


def make_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


def propose_panel(*, study: Study) -> Panel:
    """The study's panel, or one with the usual names and new codes, not saved."""
    return Panel.objects.filter(study=study).first() or Panel(
        study=study, **{name: make_code() for name in CODES}
    )


@transaction.atomic
def save_panel(*, study: Study, values: Mapping[str, str], user: Any, now: datetime) -> Panel:
    """Keep how the panel sends people and takes them back.

    Raises ValidationError, with a message for each field that is wrong, and StudyError in a study that has no panel.
    """
    if study.access != Study.Access.PANEL:
        raise StudyError(
            _("No panel sends people to this study. Change that in its settings before it opens.")
        )
    fields = {name: values.get(name, "").strip() for name in FIELDS}
    if faults := _find_faults(fields=fields):
        raise ValidationError(faults)
    panel, _is_new = Panel.objects.update_or_create(study=study, defaults=fields)
    names = {name: value for name, value in fields.items() if name not in CODES}
    record_event(kind="panel_set_up", user=user, now=now, study=study, subject="panel", details=names)
    return panel


def arrive(*, study: Study, parameters: Mapping[str, str], now: datetime) -> Rater:
    """The rater who stands for this participant, let into the study: the same one each time, in any browser.

    Raises AccessError where the id is missing or no id, StudyNotOpen where the study takes no votes.
    """
    panel = Panel.objects.filter(study=study).first()
    if study.access != Study.Access.PANEL or panel is None:
        raise AccessError(_("No panel sends people to this study."))
    participant = parameters.get(panel.participant_parameter, "")
    if not PARTICIPANT.fullmatch(participant):
        raise AccessError(
            _(
                "The address does not say who you are on the panel. Start the study again from the panel’s own page."
            )
        )
    place = {"source": _name_source(study=study), "external_id": participant}
    sent = {
        "panel_study": parameters.get(panel.study_parameter, "")[:200],
        "panel_session": parameters.get(panel.session_parameter, "")[:200],
    }
    known = RaterIdentity.objects.filter(**place).select_related("rater").first()
    if known is None and not study.takes_votes:
        raise StudyNotOpen(say_why_closed(study=study))
    rater = known.rater if known else _make_rater(place=place, now=now)
    RaterIdentity.objects.filter(**place).update(**sent)
    admit(study=study, rater=rater, now=now)
    return rater


def note_return(*, study: Study, rater: Rater, now: datetime) -> bool:
    """Whether who arrived now, in a browser without this rater's code, may be someone else: the rater has begun before.

    The panel knows everyone's ids, so these alone prove nobody. The first return is kept: votes since then may be
    anyone's who had the ids. Before a rater agreed to anything there is nothing to guard.
    """
    if not Consent.objects.filter(rater=rater).exists():
        return False
    Admission.objects.filter(study=study, rater=rater, returned_at=None).update(returned_at=now)
    return True


@transaction.atomic
def leave(*, study: Study, rater: Rater, now: datetime) -> Admission:
    """End this rater's part, and say how: done, screened out (never agreed, or did not pass the questions about the
    instructions), or stopped before the end, be it that the study ended first.

    Who was done stays done; who stopped may come back and be done. Raises AccessError for who was never let in.
    """
    admission = Admission.objects.select_for_update().filter(study=study, rater=rater).first()
    if admission is None:
        raise AccessError(_("You are not in this study, so there is nothing to leave."))
    if admission.exit != Admission.Exit.DONE:
        admission.exit = _find_exit(study=study, rater=rater)
        admission.exited_at = now
        admission.save(update_fields=["exit", "exited_at"])
    return admission


@transaction.atomic
def finish(*, study: Study, rater: Rater, now: datetime) -> None:
    """There is nothing more to do for this rater: done, though the session may be shorter than planned."""
    admissions = Admission.objects.filter(study=study, rater=rater).exclude(exit=Admission.Exit.DONE)
    admissions.update(exit=Admission.Exit.DONE, exited_at=now)


def fetch_exit(*, study: Study, rater: Rater) -> tuple[str, str]:
    """The code of this rater's exit and the address to go back to; both empty where there is none."""
    admission = Admission.objects.filter(study=study, rater=rater).exclude(exit="").first()
    panel = Panel.objects.filter(study=study).first()
    if admission is None or panel is None:
        return "", ""
    code = {
        Admission.Exit.DONE: panel.code_done,
        Admission.Exit.SCREENED_OUT: panel.code_screened_out,
        Admission.Exit.STOPPED: panel.code_stopped,
    }[Admission.Exit(admission.exit)]
    return code, _write_return(panel=panel, code=code)


def leave_all(*, rater: Rater, now: datetime) -> list[PanelExit]:
    """Out of every study that a panel sent this rater to, while it is still known what they did there."""
    studies = Study.objects.filter(access=Study.Access.PANEL, admissions__rater=rater).order_by("title")
    exits = []
    for study in studies:
        leave(study=study, rater=rater, now=now)
        code, return_url = fetch_exit(study=study, rater=rater)
        if code:
            exits.append(PanelExit(study=study, code=code, return_url=return_url))
    return exits


def fetch_way_back(*, study: Study) -> tuple[str, str]:
    """For who is sent while the study takes no votes: the code of who did not take part, and where to go with it.

    Nothing of them is kept.
    """
    panel = Panel.objects.get(study=study)
    return panel.code_screened_out, _write_return(panel=panel, code=panel.code_screened_out)


@transaction.atomic
def erase_identities(*, study: Study, rater: int | None, user: Any, now: datetime) -> int:
    """Forget the ids that tie raters to the panel, of one rater or of all. Votes stay. Returns how many."""
    mine = RaterIdentity.objects.filter(source=_name_source(study=study))
    if rater is not None:
        mine = mine.filter(rater_id=rater)
    erased, _each = mine.delete()
    if erased:
        record_event(
            kind="panel_ids_erased", user=user, now=now, study=study, subject="panel", details={"ids": erased}
        )
    return erased


def _write_return(*, panel: Panel, code: str) -> str:
    return panel.return_url.replace("{code}", quote(code, safe=""))


def _name_source(*, study: Study) -> str:
    """One person is one rater in a study, even where the panel sends them twice under two of its own studies."""
    return f"panel of study {study.pk}"


def _make_rater(*, place: Mapping[str, str], now: datetime) -> Rater:
    try:
        with transaction.atomic():
            rater = create_rater(now=now, kind=Rater.Kind.PANEL)
            RaterIdentity.objects.create(rater=rater, **place)
            return rater
    except IntegrityError:
        # The same person, a moment ago, in another tab.
        return RaterIdentity.objects.select_related("rater").get(**place).rater


def _find_exit(*, study: Study, rater: Rater) -> Admission.Exit:
    agreed = Consent.objects.filter(rater=rater, study=study).exists()
    if not agreed or has_failed(study=study, rater=rater):
        return Admission.Exit.SCREENED_OUT
    full = fetch_session(study=study, rater=rater).is_full
    return Admission.Exit.DONE if full else Admission.Exit.STOPPED


def _find_faults(*, fields: Mapping[str, str]) -> dict[str, str]:
    faults = {}
    for name in ("participant_parameter", "study_parameter", "session_parameter"):
        missing = not fields[name] and name == "participant_parameter"
        if missing or (fields[name] and not PARAMETER.fullmatch(fields[name])):
            faults[name] = _("Letters, digits, “_”, “-” and “.”, beginning with a letter.")
    for name in CODES:
        if not CODE.fullmatch(fields[name]):
            faults[name] = _("4 to 60 letters, digits, “_” or “-”.")
        elif [fields[other] for other in CODES].count(fields[name]) > 1:
            faults[name] = _("Each way to leave has a code of its own.")
    if fields["return_url"] and not _is_return_url(fields["return_url"]):
        faults["return_url"] = _("An address that begins with https:// and holds {code} where the code goes.")
    return faults


def _is_return_url(address: str) -> bool:
    try:
        URLValidator(schemes=["https"])(address.replace("{code}", "CODE"))
    except ValidationError:
        return False
    return "{code}" in address and len(address) <= 300
