from django.db import models
from django.db.models import Q


class PromptSet(models.Model):
    """A versioned list of prompts.

    - (slug, version) is unique, versions count from 1;
    - never edited: a new upload is a new version.
    """

    slug = models.SlugField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="prompt_set_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="prompt_set_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"


class Prompt(models.Model):
    """One message or a conversation.

    - key is unique in its prompt set;
    - messages is never empty (a list of {role, content});
    - never edited; html is derived from messages and may be made again.
    """

    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="prompts")
    key = models.CharField(max_length=120)
    messages = models.JSONField()
    category = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=16, blank=True)
    metadata = models.JSONField(default=dict)
    html = models.TextField()

    class Meta:
        ordering = ["prompt_set", "id"]
        constraints = [
            models.UniqueConstraint(fields=["prompt_set", "key"], name="prompt_key_unique_in_set"),
            models.CheckConstraint(condition=~Q(messages=[]), name="prompt_has_a_message"),
        ]

    def __str__(self) -> str:
        return self.key
