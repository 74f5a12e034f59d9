from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.language_models import LanguageModel
from evaluations.models.prompts import Prompt, PromptSet


class GenerationRun(models.Model):
    """Responses asked from providers: which prompts, which models, and how much it may cost.

    - running, then done, cancelled or stopped by its budget; then published once, or never;
    - the budget is not negative.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        STOPPED = "stopped"

    token = models.CharField(max_length=32, unique=True)
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="generation_runs")
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    budget = models.DecimalField(max_digits=12, decimal_places=4)
    currency = models.CharField(max_length=3, default="USD")
    # Why it stopped, in a sentence, where it did not simply end.
    reason = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    ended_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(budget__gte=0), name="generation_run_budget_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="generation_run_ended_has_a_date",
            ),
        ]


class Generation(models.Model):
    """One answer of one model to one prompt, asked from its provider within a run.

    - (run, prompt, model) is unique: a task that comes twice finds its row;
    - one that is done has its text, and how it finished;
    - what it may cost is set aside (`reserved`) before it is asked for, so that no budget is passed.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    run = models.ForeignKey(GenerationRun, on_delete=models.PROTECT, related_name="generations")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="generations")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="generations")
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it may be asked for (again): back-off, and what the provider asked for in Retry-After.
    not_before = models.DateTimeField(null=True)
    # Whoever works on it holds it until then; after that it is taken up again.
    leased_until = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    # What the provider says has answered: often a dated version.
    answered_by = models.CharField(max_length=200, blank=True)
    tokens_in = models.PositiveIntegerField(null=True)
    tokens_out = models.PositiveIntegerField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    reserved = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    # What went wrong last, without addresses and keys.
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "prompt", "model"], name="generation_once_in_a_run"),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(finish_reason="") & Q(ended_at__isnull=False)),
                name="generation_done_says_how_it_finished",
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="generation_by_state")]
