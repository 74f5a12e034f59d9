"""Stopping: a study is closed when a rule of its protocol holds, and by nothing else but a person."""

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from evaluations.columns import Columns, refresh_columns
from evaluations.documents import list_counted
from evaluations.models import Snapshot, Study
from evaluations.snapshots import read_document
from evaluations.studies.drafts import lock_study
from evaluations.studies.lifecycle import close_study


def stop_studies(*, columns_root: Path, now: datetime) -> list[Study]:
    """Close every open study whose stopping rule holds; the reason is in the ledger. Returns those closed."""
    waiting = Study.objects.filter(state=Study.State.OPEN, recorded=False).exclude(stopping={})
    columns = refresh_columns(root=columns_root) if waiting.exists() else None
    return [
        closed
        for study in waiting
        if (closed := _stop_study(study=study, columns=columns, now=now)) is not None
    ]


@transaction.atomic
def _stop_study(*, study: Study, columns: Columns | None, now: datetime) -> Study | None:
    """The study, closed; None where no rule holds, or where someone closed or amended it meanwhile."""
    study = lock_study(study=study)
    if study.state != Study.State.OPEN or columns is None:
        return None
    reason = find_reason_to_stop(study=study, counted=count_votes(study=study, columns=columns), now=now)
    return close_study(study=study, now=now, reason=reason) if reason else None


def count_votes(*, study: Study, columns: Columns) -> int:
    """The study's votes in the ledger that its ranking counts: no repeats, no checks, nobody who is left out."""
    return len(list_counted(columns=columns, study_id=study.pk, size=columns.size)[0])


def find_reason_to_stop(*, study: Study, counted: int, now: datetime) -> str:
    """The first rule that holds, in a sentence for the ledger; nothing where none does.

    Read from the protocol, not from the study's columns: nothing stops it that was not published.
    """
    protocol = study.protocol or {}
    rule = protocol.get("stopping", {})
    target = protocol.get("target_votes", 0)
    if rule.get("votes") and counted >= target:
        return f"Stopping rule: {counted} of {target} votes."
    ends_on = rule.get("ends_on")
    if ends_on and now.date() > date.fromisoformat(ends_on):
        return f"Stopping rule: it ends on {ends_on}."
    half_width = rule.get("half_width")
    widest = find_widest(study=study) if half_width and counted >= protocol["minimum_votes"] else None
    if widest is not None and widest <= half_width:
        return f"Stopping rule: every interval is within ±{half_width:g} points."
    return ""


def find_widest(*, study: Study) -> float | None:
    """Half the widest interval of the newest snapshot; None while there is none, or a model has no place."""
    snapshot = (
        Snapshot.objects.filter(leaderboard__study=study, exclusions=Snapshot.Exclusions.APPLIED)
        .order_by("-ledger_size", "-created_at")
        .first()
    )
    document = read_document(snapshot=snapshot) if snapshot else {}
    rows = document.get("ranking", [])
    if not rows or document.get("unplaced"):
        return None
    return max(float(row["upper"] - row["lower"]) / 2 for row in rows)
