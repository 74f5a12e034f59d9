"""All that is kept about one rater, as one JSON value to take along.

What would end blind judging waits for the study's close: models' names (unless the rater asked for them), which
comparisons were repeats or checks and what was found by them (a reminder's kind, the decisions of staff), and the
commitment, with which a leaf hash could be guessed to its names.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from evaluations.models import (
    Admission,
    Battle,
    ComprehensionAttempt,
    Consent,
    Rater,
    RaterDecision,
    RaterIdentity,
    Reminder,
    Skip,
    Study,
    StudyText,
    Vote,
    VoteEnding,
    Withdrawal,
)
from evaluations.personal.parts import Part, list_parts
from evaluations.personal.votes import has_closed, may_tell_names
from evaluations.raters import commit_to_rater

FORMAT: Final = "arena-personal-data/1"
NOTE: Final = (
    "Until a study closes this file does not say which model wrote what (unless you asked for the names), which "
    "comparisons were repeats or checks, what a reminder was about, what staff decided about your votes, or your "
    "pseudonym in the ledger: you may still be shown comparisons that you should judge without knowing. Download it "
    "again after the close. The key that makes your pseudonyms, and the code in your cookie, are secrets of the "
    "server that say nothing about you, and are left out."
)


def collect_data(*, rater: Rater, now: datetime) -> dict[str, Any]:
    """The value. A fixed number of queries a study, which read this rater's rows and what these name."""
    identity = RaterIdentity.objects.filter(rater=rater).first()
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "note": NOTE,
        "rater": {"kind": rater.kind, "since": rater.created_at.isoformat()},
        "panel": identity and _list(identity, "source", "external_id", "panel_study", "panel_session"),
        "studies": [_describe_part(part=part, rater=rater) for part in list_parts(rater=rater)],
    }


def _describe_part(*, part: Part, rater: Rater) -> dict[str, Any]:
    study = part.study
    closed = has_closed(study=study)
    commitment = commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    mine: dict[str, Any] = {"study": study, "rater": rater}
    return {
        "study": study.slug,
        "title": study.title,
        "state": study.state,
        "withdrawal_rule": study.withdrawal,
        "pseudonym": commitment if closed else None,
        "admissions": [
            # What staff call an invitation is theirs.
            _list(
                row, "admitted_at", "exit", "exited_at", "returned_at", invited=row.invitation_id is not None
            )
            for row in Admission.objects.filter(**mine)
        ],
        "consents": [_describe_consent(row) for row in Consent.objects.filter(**mine).order_by("pk")],
        "comprehension": [
            _list(row, "number", "answers", "passed", "made_at")
            for row in ComprehensionAttempt.objects.filter(**mine)
        ],
        "reminders": [_describe_reminder(row, closed=closed) for row in Reminder.objects.filter(**mine)],
        "decisions": _list_decisions(**mine) if closed else None,
        "withdrawals": [
            _list(row, "rule", "made_at", ledger_position=row.entry_id)
            for row in Withdrawal.objects.filter(**mine)
        ],
        "comparisons": [_describe_battle(battle, closed=closed) for battle in _read_battles(**mine)],
    }


def _describe_reminder(row: Reminder, *, closed: bool) -> dict[str, Any]:
    """What was found, and when it was, tell which comparisons before it were checks or repeats."""
    return _list(row, "number", "seen_at", *(("kind", "made_at") if closed else ()))


def _list_decisions(*, study: Study, rater: Rater) -> list[dict[str, Any]]:
    return [
        _list(row, "decision", "reason", "flags", "made_at", ledger_position=row.entry_id)
        for row in RaterDecision.objects.filter(study=study, rater=rater)
    ]


def _read_battles(*, study: Study, rater: Rater) -> QuerySet[Battle]:
    votes = Vote.objects.select_related("ending", "names_shown", "ledger_entry").order_by("revision")
    battles = Battle.objects.filter(study=study, rater=rater).order_by("number")
    related = ("study", "prompt", "left__model", "right__model", "repeats", "skip", "slot")
    return battles.select_related(*related).prefetch_related(Prefetch("votes", queryset=votes))


def _describe_battle(battle: Battle, *, closed: bool) -> dict[str, Any]:
    votes = list(battle.votes.all())
    for vote in votes:
        vote.battle = battle
    skip: Skip | None = getattr(battle, "skip", None)
    return {
        **_list(battle, "number", "token", "created_at", "expires_at", "origin", "pilot", "protocol_hash"),
        "prompt": battle.prompt.key,
        "messages": battle.prompt.messages,
        "left_text": battle.left.text,
        "right_text": battle.right.text,
        "skip": skip and _list(skip, "reason", "made_at"),
        "votes": [_describe_vote(vote, closed=closed) for vote in votes],
        **_name_models(battle, votes=votes, closed=closed),
        **(_describe_design(battle) if closed else {}),
    }


def _name_models(battle: Battle, *, votes: Sequence[Vote], closed: bool) -> dict[str, str]:
    if not closed and not any(may_tell_names(vote=vote) for vote in votes):
        return {}
    return {"left_model": battle.left.model.slug, "right_model": battle.right.model.slug}


def _describe_design(battle: Battle) -> dict[str, Any]:
    """Why it was shown. A repeat has no probability, and a check no slot: also these would tell."""
    slot = getattr(battle, "slot", None)
    return {
        **_list(battle, "kind", "expected", "probability"),
        "repeats_number": battle.repeats.number if battle.repeats else None,
        "slot": slot and _list(slot, "number", "leased_until", "filled"),
    }


def _describe_vote(vote: Vote, *, closed: bool) -> dict[str, Any]:
    ending, entry, shown = (getattr(vote, name, None) for name in ("ending", "ledger_entry", "names_shown"))
    # A vote that ends when the names are asked for is named from then on.
    named = ending if ending and ending.ending == VoteEnding.Ending.REVEALED else shown
    record = {"record": entry.record} if entry and closed else {}
    return {
        **_list(vote, "revision", "outcome", "receipt", "cast_at", "reasons", "comment", "active_ms"),
        "ending": ending and _list(ending, "ending", "made_at"),
        "names_shown_at": named and named.made_at.isoformat(),
        "ledger": entry
        and {
            **_list(entry, "position", "sealed_at"),
            "leaf_hash": bytes(entry.leaf_hash).hex(),
            **record,
        },
    }


def _describe_consent(consent: Consent) -> dict[str, Any]:
    """With the text as it was shown; empty where the study has none of its own."""
    text = StudyText.objects.filter(
        study=consent.study_id, kind=StudyText.Kind.CONSENT, version=consent.text_version
    ).first()
    said = ("text_version", "protocol_hash", "may_publish", "uses_keys", "agreed_at")
    return _list(consent, *said, text=text.text if text else "")


def _list(row: Any, *names: str, **more: Any) -> dict[str, Any]:
    """These fields of the row as JSON has them."""
    values = ((name, getattr(row, name)) for name in names)
    said = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values}
    return {**said, **more}
