from django.db import models
from django.db.models import Q

from evaluations.models.responses import Response


class ResponseStyle(models.Model):
    """How a response is written: words, headings, bold spans, items of lists. Derived from its text, and disposable.

    - one a response; no count is negative.
    """

    response = models.OneToOneField(
        Response, primary_key=True, on_delete=models.CASCADE, related_name="style"
    )
    length = models.IntegerField()
    headings = models.IntegerField()
    bold = models.IntegerField()
    lists = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(length__gte=0, headings__gte=0, bold__gte=0, lists__gte=0),
                name="response_style_is_counted",
            ),
        ]
