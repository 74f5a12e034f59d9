from django.db import models
from django.db.models import Q

from evaluations.models.leaderboards import Leaderboard


class Snapshot(models.Model):
    """A published ranking: a pure function of a ledger prefix and parameters. Insert-only (trigger).

    - one per (leaderboard, ledger size, parameters, code version);
    - document is canonical JSON (RFC 8785); result_digest is its SHA-256;
    - input_digest is the SHA-256 of the votes read.
    """

    class Exclusions(models.TextChoices):
        # Votes of raters whom a person excluded are left out, or nothing is: both are published.
        APPLIED = "applied"
        NONE = "none"

    leaderboard = models.ForeignKey(Leaderboard, on_delete=models.PROTECT, related_name="snapshots")
    exclusions = models.CharField(max_length=8, choices=Exclusions, default=Exclusions.APPLIED)
    ledger_size = models.BigIntegerField()
    parameters_digest = models.CharField(max_length=64)
    code_version = models.CharField(max_length=32)
    input_digest = models.CharField(max_length=64)
    result_digest = models.CharField(max_length=64)
    document = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-ledger_size", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "ledger_size", "parameters_digest", "code_version"],
                name="snapshot_once_per_prefix_and_parameters",
            ),
            models.CheckConstraint(condition=Q(ledger_size__gte=1), name="snapshot_reads_something"),
        ]
