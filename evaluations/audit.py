"""The audit log: who did what, for others to look at. No secret, no text of a rater."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from evaluations.models import AuditEvent, Study


def record_event(
    *,
    kind: str,
    user: Any,
    now: datetime,
    study: Study | None = None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write the event down in the caller's transaction. `user` is None for what the machine did itself."""
    signed_in = user if user is not None and user.is_authenticated else None
    return AuditEvent.objects.create(
        kind=kind,
        at=now,
        user=signed_in,
        user_name=signed_in.get_username() if signed_in else "",
        study=study,
        subject=subject[:200],
        details=dict(details or {}),
    )


def list_events(
    *,
    user: Any,
    kind: str = "",
    person: str = "",
    study: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEvent]:
    """The events that this account may see, the newest first: all for a superuser, else its studies' and its own.

    `since` and `until` are days (UTC), both included; `person` is a part of a name, or of what an event was about.
    """
    events = AuditEvent.objects.select_related("study")
    if not user.is_superuser:
        own = Study.objects.filter(memberships__user=user)
        events = events.filter(Q(study__in=own) | Q(user=user))
    if kind:
        events = events.filter(kind=kind)
    if person:
        events = events.filter(Q(user_name__icontains=person) | Q(subject__icontains=person))
    if study:
        events = events.filter(study__slug=study)
    if since:
        events = events.filter(at__gte=datetime.combine(since, time.min, UTC))
    if until:
        events = events.filter(at__lt=datetime.combine(until + timedelta(days=1), time.min, UTC))
    return events
