from django.db import models
from django.db.models import Q

from evaluations.models.providers import Provider


class LanguageModel(models.Model):
    """A system under test: a bare model, or a product known only by its answers.

    - slug and name are each unique;
    - a model that answered or was entered anywhere is never deleted (protected foreign keys);
    - one that a provider serves has the name that the provider knows it by; prices are not negative.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)
    maker = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    released_on = models.DateField(null=True, blank=True)
    url = models.URLField(max_length=300, blank=True)
    # For one million tokens, in `currency`.
    price_in = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    price_out = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    # None: a product without an API; its responses are uploaded.
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="models"
    )
    # What the provider calls it: a model's name, or on Azure a deployment's.
    provider_model = models.CharField(max_length=200, blank=True)
    # {"temperature", "max_tokens", "top_p", "system"}: what is sent along, each optional.
    request_options = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=True) | ~Q(provider_model=""),
                name="language_model_of_a_provider_has_its_name",
            ),
            models.CheckConstraint(
                condition=(Q(price_in__isnull=True) | Q(price_in__gte=0))
                & (Q(price_out__isnull=True) | Q(price_out__gte=0)),
                name="language_model_prices_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
