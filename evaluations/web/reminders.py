"""What a rater says to a reminder: that they go on."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from evaluations.models import Study
from evaluations.quality.reminders import see_reminder
from evaluations.raters import find_rater
from evaluations.web.battles import HtmxRequest, name_address, next_stage, show_stage
from evaluations.web.raters import read_rater_code


@never_cache
@require_POST
def go_on(request: HtmxRequest, slug: str, number: int) -> HttpResponse:
    """On to the comparison that waits: in this answer for htmx, by a redirect without."""
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater = see_reminder(
        study=study, rater=find_rater(code=read_rater_code(request)), number=number, now=timezone.now()
    )
    address = reverse("rate", args=[slug])
    if not request.htmx:
        return redirect(address)
    response = show_stage(request, next_stage(study=study, rater=rater, last=None))
    return name_address(request, response, address)
