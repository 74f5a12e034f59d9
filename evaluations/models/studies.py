from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from evaluations.models.language_models import LanguageModel
from evaluations.models.prompts import PromptSet


def list_outcomes() -> list[str]:
    """All four answers: what a study offers unless it says otherwise."""
    return ["left", "tie", "both_bad", "right"]


class Study(models.Model):
    """One question put to raters: a prompt set, the models entered, the protocol.

    - draft, pilot, open, closed, never back (trigger); a draft may be opened without a pilot;
    - an open or closed study has its protocol and the protocol's hash;
    - once opened only its state, its pause and its closing date change, or what an amendment names (trigger);
    - rates are shares; a designed study says how many votes each of its items gets;
    - the votes of a rater who withdraws stay or go: never changed once it was opened (trigger).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PILOT = "pilot"
        OPEN = "open"
        CLOSED = "closed"

    class Reveal(models.TextChoices):
        AFTER_VOTE = "after_vote"
        AT_CLOSE = "at_close"

    class Withdrawal(models.TextChoices):
        KEEP = "keep"
        REMOVE = "remove"

    class Sampling(models.TextChoices):
        BALANCED = "balanced"
        ADAPTIVE = "adaptive"
        DESIGNED = "designed"

    class Access(models.TextChoices):
        PUBLIC = "public"
        INVITATION = "invitation"
        PANEL = "panel"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    # Empty: the usual question, in the rater's language.
    question = models.CharField(max_length=200, blank=True)
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="studies")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    reveal = models.CharField(max_length=16, choices=Reveal, default=Reveal.AT_CLOSE)
    # The answers offered, in the order of the bar: left and right always, tie and both_bad by choice.
    outcomes = models.JSONField(default=list_outcomes)
    # Words that a rater may give as reasons, for each side.
    reason_tags = models.JSONField(default=list, blank=True)
    # Whether a rater who has seen the names is shown how others voted on the same two responses.
    shows_others = models.BooleanField(default=False, db_default=False)
    # What becomes of the votes of a rater who withdraws.
    withdrawal = models.CharField(
        max_length=8, choices=Withdrawal, default=Withdrawal.KEEP, db_default=Withdrawal.KEEP
    )
    # {"prompt", "left", "right", "better": "left" or "right", "explanation"}; empty: the house's own example.
    practice = models.JSONField(default=dict, db_default={}, blank=True)
    # {"salt", "questions": [{"question", "choices": [words], "correct": place}]}; empty: no questions.
    comprehension = models.JSONField(default=dict, db_default={}, blank=True)
    sampling = models.CharField(max_length=16, choices=Sampling, default=Sampling.BALANCED)
    votes_per_item = models.PositiveSmallIntegerField(null=True, blank=True)
    # Shares of a rater's battles: an earlier one again with sides swapped; one whose answer is known.
    repeat_rate = models.FloatField(default=0)
    check_rate = models.FloatField(default=0)
    access = models.CharField(max_length=16, choices=Access, default=Access.PUBLIC)
    simulated = models.BooleanField(default=False)
    # Votes come from a file recorded elsewhere; nobody rates here.
    recorded = models.BooleanField(default=False)
    session_length = models.PositiveIntegerField(default=40)
    target_votes = models.PositiveIntegerField(default=1000)
    minimum_votes = models.PositiveIntegerField(default=100)
    # {"votes": true, "ends_on": date or null, "half_width": points or null}: the first that holds ends the study.
    stopping = models.JSONField(default=dict, blank=True)
    # Limits that flag a rater for a person to look at; see `limits.LIMITS`.
    limits = models.JSONField(default=dict, blank=True)
    undo_seconds = models.PositiveIntegerField(default=10)
    lease_minutes = models.PositiveIntegerField(default=120)
    source = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    piloted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    protocol = models.JSONField(null=True)
    protocol_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pilot"])
                | (Q(protocol__isnull=False) & ~Q(protocol_hash="")),
                name="study_opened_has_protocol",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="study_closed_has_closing_date",
            ),
            models.CheckConstraint(
                condition=Q(repeat_rate__gte=0, check_rate__gte=0, repeat_rate__lte=0.5, check_rate__lte=0.5),
                name="study_rates_are_shares",
            ),
            models.CheckConstraint(
                condition=~Q(sampling="designed") | Q(votes_per_item__isnull=False, votes_per_item__gte=1),
                name="study_designed_says_how_many_votes",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal__in=["keep", "remove"]), name="study_withdrawal_rule_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.slug])

    @property
    def takes_votes(self) -> bool:
        """Whether a battle may be shown and voted on now. Votes of a pilot never count."""
        rated = self.state in {self.State.PILOT, self.State.OPEN}
        return rated and not self.recorded and self.paused_at is None

    @property
    def reveals_after_vote(self) -> bool:
        return self.reveal == self.Reveal.AFTER_VOTE

    @property
    def shows_names(self) -> bool:
        """Whether a rater may ask whose responses they voted on: by the study's policy at once, or from the close."""
        return self.reveals_after_vote or self.closed_at is not None


class Entry(models.Model):
    """A model's place in a study, with dates. Once opened never deleted (trigger): it may retire, not disappear."""

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


class StudyText(models.Model):
    """What raters read and agree to, in versions. Insert-only (trigger): a new text is a new version.

    - (study, kind, version) is unique, versions count from 1; text is markdown.
    """

    class Kind(models.TextChoices):
        INSTRUCTIONS = "instructions"
        CONSENT = "consent"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=16, choices=Kind)
    version = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["study", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "kind", "version"], name="study_text_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="study_text_version_counts_from_one"),
        ]


class Amendment(models.Model):
    """A change of an opened study's protocol: what it is now, why, by whom. Insert-only (trigger); in the ledger.

    - (study, number) is unique, numbers count from 1; the reason is not empty.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField()
    protocol = models.JSONField()
    protocol_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="amendment_number_unique_in_study"),
            models.CheckConstraint(condition=Q(number__gte=1), name="amendment_number_counts_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_a_reason"),
        ]
