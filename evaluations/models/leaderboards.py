from django.db import models
from django.urls import reverse

from evaluations.models.studies import Study


class Leaderboard(models.Model):
    """A study's votes, ranked with given parameters. What it shows is its newest snapshot."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="leaderboards")
    parameters = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("leaderboard", args=[self.slug])
