"""Receipts: whoever holds one can look up what became of the vote."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from evaluations.columns import refresh_columns
from evaluations.personal.receipts import find_vote, read_receipt

LONGEST = 40


@never_cache
@require_GET
def find_receipt(request: HttpRequest) -> HttpResponse:
    given = request.GET.get("receipt", "").strip()[:LONGEST]
    receipt = read_receipt(given)
    found = None
    if receipt is not None:
        columns = refresh_columns(root=settings.COLUMNS_ROOT)
        found = find_vote(receipt=receipt, columns=columns, now=timezone.now())
    context = {"given": given, "receipt": receipt, "found": found}
    return render(request, "receipts/page.html", context)
