from django.db import models
from django.db.models import Q


class RequestCount(models.Model):
    """How many requests one caller made in one window of time. Exact whatever the number of processes; disposable.

    - one for each (scope, caller, start of the window), and never of nothing;
    - caller is a digest: no address and no token is kept.
    """

    scope = models.CharField(max_length=40)
    caller = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "caller", "starts_at"], name="request_count_once_per_window"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="request_count_counts_something"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="request_count_by_window")]
