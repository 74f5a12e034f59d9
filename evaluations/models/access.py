from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluations.models.raters import Rater
from evaluations.models.studies import Study


class Invitation(models.Model):
    """A link that lets people into a study: kept as a digest, shown once, good for so many people until a date.

    - the digest is unique; never more people than it is good for.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="invitations")
    label = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    places = models.PositiveIntegerField(default=1)
    taken = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="invitation_has_places"),
        ]


class Panel(models.Model):
    """How a panel (as Prolific works) sends people and gets them back. No part of the protocol: its codes are secret.

    - one a study; people are sent back over HTTPS or not at all.
    """

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="panel")
    # The names of the address's parameters that carry the ids.
    participant_parameter = models.CharField(max_length=60, default="PROLIFIC_PID")
    study_parameter = models.CharField(max_length=60, default="STUDY_ID", blank=True)
    session_parameter = models.CharField(max_length=60, default="SESSION_ID", blank=True)
    # The address to go back to; {code} is replaced by the code.
    return_url = models.CharField(
        max_length=300, blank=True, default="https://app.prolific.com/submissions/complete?cc={code}"
    )
    code_done = models.CharField(max_length=60)
    code_screened_out = models.CharField(max_length=60)
    code_stopped = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(return_url="") | Q(return_url__startswith="https://"),
                name="panel_returns_over_https",
            ),
        ]


class Admission(models.Model):
    """A rater was let into a study, and how. Where it says nothing of a rater, only a public study is open.

    - once a rater and study; an exit has its date;
    - returned_at: when a panel's ids first brought the rater back in a browser that did not hold the code.
    """

    class Exit(models.TextChoices):
        NONE = "", "–"
        DONE = "done"
        SCREENED_OUT = "screened_out"
        STOPPED = "stopped"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="admissions")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="admissions")
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.PROTECT, related_name="admissions")
    admitted_at = models.DateTimeField()
    exit = models.CharField(max_length=16, choices=Exit, blank=True, default=Exit.NONE)
    exited_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "rater"], name="admission_once_per_study"),
            models.CheckConstraint(
                condition=Q(exit="", exited_at__isnull=True) | (~Q(exit="") & Q(exited_at__isnull=False)),
                name="admission_exit_has_a_date",
            ),
        ]
