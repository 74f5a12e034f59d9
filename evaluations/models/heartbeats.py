from django.db import models


class Heartbeat(models.Model):
    """When a kind of background work last ran, and how it went: derived, overwritten, for the page of health.

    - one row a name; the row "worker" says that a Celery worker lives.
    """

    name = models.CharField(max_length=60, primary_key=True)
    seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    failed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
