from django.conf import settings
from django.db import models

from evaluations.models.studies import Study


class AuditEvent(models.Model):
    """Someone did something that others may want to know of: an upload, a decision, an export, a sign-in.

    - insert-only (trigger); the account's name stays when the account goes; no secret and no text of a rater in it.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    user_name = models.CharField(max_length=150, blank=True)
    study = models.ForeignKey(Study, null=True, on_delete=models.PROTECT, related_name="audit_events")
    # What it was about: "import abc", "provider azure-eu" …
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
