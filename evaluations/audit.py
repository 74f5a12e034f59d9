"""The audit log: who did what, for others to look at. No secret, no text of a rater."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
