from django.db import models

from evaluations.models.language_models import LanguageModel
from evaluations.models.prompts import Prompt


class Response(models.Model):
    """One model's answer to one prompt. It may be empty: models do answer nothing.

    - (prompt, model) is unique;
    - never edited; html is derived from text and may be made again.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="responses")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="responses")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    html = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "model"], name="response_unique_for_prompt_and_model"),
            # Target of the foreign keys that tie a battle's two responses to its prompt.
            models.UniqueConstraint(fields=["id", "prompt"], name="response_id_with_prompt"),
        ]
