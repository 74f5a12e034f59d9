from django.db import models


class LanguageModel(models.Model):
    """A system under test: a bare model, or a product known only by its answers.

    - slug and name are each unique;
    - a model that answered or was entered anywhere is never deleted (protected foreign keys).
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    maker = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
