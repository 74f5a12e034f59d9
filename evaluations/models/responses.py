from django.db import models

from evaluations.models.generations import Generation
from evaluations.models.language_models import LanguageModel
from evaluations.models.prompts import Prompt


class Response(models.Model):
    """One model's answer to one prompt, uploaded or generated. It may be empty: models do answer nothing.

    - (prompt, model) is unique;
    - never edited; html is derived from text, empty until it is first rendered, and may be made again;
    - a masked one says what its text was by the digest of the original;
    - none is added to a model's answers once a study of the prompt set was opened with that model (trigger).
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="responses")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="responses")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    original_digest = models.CharField(max_length=64, blank=True, default="")
    generation = models.OneToOneField(
        Generation, null=True, blank=True, on_delete=models.PROTECT, related_name="response"
    )
    html = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "model"], name="response_unique_for_prompt_and_model"),
            # Target of the foreign keys that tie a battle's two responses to its prompt.
            models.UniqueConstraint(fields=["id", "prompt"], name="response_id_with_prompt"),
        ]
