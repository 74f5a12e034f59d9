"""What is answered where no view answers: under /api/ problem details, for programs; elsewhere a page."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import defaults

from evaluations.api.errors import write_problem


def show_bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_for_programs(request):
        return write_problem(code=400, detail=_("This request can’t be read. Nothing was changed."))
    return defaults.bad_request(request, exception)


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_for_programs(request):
        return write_problem(code=403, detail=_("This is not allowed. Nothing was changed."))
    return defaults.permission_denied(request, exception)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_for_programs(request):
        return write_problem(code=404, detail=_("There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def show_fault(request: HttpRequest) -> HttpResponse | HttpResponseBase:
    """What went wrong is in the log and in no answer."""
    if is_for_programs(request):
        detail = _(
            "Something failed here, and was written down. Try again later; what was answered before stands."
        )
        return write_problem(code=500, detail=detail)
    return defaults.server_error(request)


def is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/v1/")
