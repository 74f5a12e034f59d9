from django.db import models
from django.db.models import Q
from django.urls import reverse

from evaluations.models.language_models import LanguageModel
from evaluations.models.prompts import PromptSet


class Study(models.Model):
    """One question put to raters: a prompt set, the models entered, the protocol.

    - draft, then open, then closed, never back (trigger);
    - an open or closed study has its protocol and the protocol's hash;
    - once opened only its state and closing date change (trigger).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    class Reveal(models.TextChoices):
        AFTER_VOTE = "after_vote"
        AT_CLOSE = "at_close"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="studies")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    reveal = models.CharField(max_length=16, choices=Reveal, default=Reveal.AT_CLOSE)
    simulated = models.BooleanField(default=False)
    # Votes come from a file recorded elsewhere; nobody rates here.
    recorded = models.BooleanField(default=False)
    session_length = models.PositiveIntegerField(default=40)
    target_votes = models.PositiveIntegerField(default=1000)
    minimum_votes = models.PositiveIntegerField(default=100)
    undo_seconds = models.PositiveIntegerField(default=10)
    lease_minutes = models.PositiveIntegerField(default=120)
    source = models.TextField(blank=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    protocol = models.JSONField(null=True)
    protocol_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(protocol__isnull=False) & ~Q(protocol_hash="")),
                name="study_opened_has_protocol",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="study_closed_has_closing_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.slug])

    @property
    def takes_votes(self) -> bool:
        return self.state == self.State.OPEN and not self.recorded

    @property
    def reveals_after_vote(self) -> bool:
        return self.reveal == self.Reveal.AFTER_VOTE


class Entry(models.Model):
    """A model's place in a study, with dates. Never deleted (trigger): a model may retire, not disappear."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="entries")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="entries")
    entered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["study", "model"], name="entry_once_per_study"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=models.F("entered_at")),
                name="entry_retires_after_entering",
            ),
        ]
