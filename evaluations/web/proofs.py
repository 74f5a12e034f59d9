"""A rater's own part stays closed where a panel's ids alone brought them back, until a receipt of theirs opens it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evaluations.personal.receipts import is_own_receipt, read_receipt
from evaluations.web.raters import is_returned, keep_rater, read_rater
from evaluations.web.receipts import LONGEST


def own_browser(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a rater's own pages: to the page that says why, where this may be someone else's browser."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if is_returned(request):
            return redirect("mine-proof")
        return view(request, *args, **values)

    return check


@never_cache
@require_http_methods(["GET", "POST"])
def prove_rater(request: HttpRequest) -> HttpResponse:
    rater = read_rater(request)
    if rater is None or not is_returned(request):
        return redirect("mine-all")
    given = request.POST.get("receipt", "").strip()[:LONGEST]
    receipt = read_receipt(given)
    if receipt is not None and is_own_receipt(receipt=receipt, rater=rater):
        return keep_rater(redirect("mine-all"), rater)
    refused = request.method == "POST"
    context = {"given": given, "receipt": receipt, "refused": refused}
    return render(request, "mine/proof.html", context, status=422 if refused else 200)
