from django.db import models
from django.db.models import Q

from evaluations.models.leaderboards import Leaderboard


class Snapshot(models.Model):
    """A published ranking: a pure function of a ledger prefix and parameters. Insert-only (trigger).

    - one per (leaderboard, ledger size, parameters, code version);
    - document is canonical JSON (RFC 8785); result_digest is its SHA-256;
    - input_digest is the SHA-256 of the votes read;
    - standing is read off the document: counted votes, [score, lower, upper, rank_low, rank_high] by model, and
      [verdict, lower, upper, mean, observations] by claim.
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
    # For histories, which read many snapshots and a few figures of each; empty before arena-5.
    standing = models.JSONField(default=dict, db_default={})
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


class KeptAnalysis(models.Model):
    """An analysis of a snapshot, kept so that its page needs not compute it. Disposable: the snapshot names its digest.

    - one a snapshot and key; document is canonical JSON, digest is its SHA-256.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="analyses")
    key = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    document = models.TextField()

    class Meta:
        verbose_name_plural = "kept analyses"
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "key"], name="kept_analysis_once_per_snapshot"),
        ]
