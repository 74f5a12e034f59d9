from django.conf import settings
from django.db import models

from evaluations.models.studies import Study


class Membership(models.Model):
    """What an account may do in a study: look (viewer), work (editor), decide and let others in (owner).

    - one role an account and study. A superuser needs none.
    """

    class Role(models.TextChoices):
        VIEWER = "viewer"
        EDITOR = "editor"
        OWNER = "owner"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="membership_once_per_study"),
        ]
