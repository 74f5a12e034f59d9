"""Errors of the API as problem details (RFC 9457): one table from the house's exceptions to statuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import exception_handler

from evaluations import errors
from evaluations.api.parsers import BodyTooLarge

# The first class that fits decides, so a class stands before its parents. As `web/errors.py` has them.
STATUSES: list[tuple[type[Exception], int]] = [
    (errors.AccessError, status.HTTP_403_FORBIDDEN),
    (errors.AccountError, status.HTTP_409_CONFLICT),
    (errors.ConfigurationError, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (errors.ExportError, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (errors.GenerationError, status.HTTP_409_CONFLICT),
    (errors.IngestError, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (errors.NotPublished, status.HTTP_403_FORBIDDEN),
    (errors.UnknownAnalysis, status.HTTP_404_NOT_FOUND),
    (errors.SnapshotError, status.HTTP_409_CONFLICT),
    (errors.StudyError, status.HTTP_409_CONFLICT),
    (errors.TooManyRequests, status.HTTP_429_TOO_MANY_REQUESTS),
    (errors.BattleUnknown, status.HTTP_404_NOT_FOUND),
    (errors.BattleForeign, status.HTTP_403_FORBIDDEN),
    (errors.BattleExpired, status.HTTP_410_GONE),
    (errors.OutcomeUnknown, status.HTTP_400_BAD_REQUEST),
    (errors.VotingError, status.HTTP_409_CONFLICT),
    (errors.ArenaError, status.HTTP_400_BAD_REQUEST),
]


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """A problem document for every error that is ours or the framework's; None for a fault of the server."""
    for kind, code in STATUSES:
        if isinstance(error, kind):
            problem = build_problem(code=code, detail=str(error))
            if isinstance(error, errors.TooManyRequests):
                problem["Retry-After"] = str(error.retry_after)
            return problem
    if isinstance(error, ModelValidationError):
        error = ValidationError(error.message_dict)
    if isinstance(error, ValidationError):
        return build_invalid(error, asks=_only_asks(context))
    if isinstance(error, ObjectDoesNotExist):
        error = NotFound(_("There is nothing at this address."))
    if isinstance(error, RequestDataTooBig):
        error = BodyTooLarge()
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    problem = build_problem(code=response.status_code, detail=str(detail))
    for header, value in response.headers.items():
        problem.headers.setdefault(header, value)
    return problem


def _only_asks(context: Mapping[str, Any]) -> bool:
    """Whether the request could have changed nothing anyway."""
    request = context.get("request")
    return request is not None and request.method in SAFE_METHODS


def build_invalid(error: ValidationError, *, asks: bool = False) -> Response:
    """Every field that is wrong, by its place: `title`, `claims.0.margin`. asks: whether they are of the address."""
    found: dict[str, list[str]] = {}
    for place, sentence in list_sentences(error.detail):
        found.setdefault(place or "request", []).append(sentence)
    code = status.HTTP_422_UNPROCESSABLE_ENTITY
    detail = (
        _("Some parameters of the address are wrong.")
        if asks
        else _("Nothing was changed: some fields are wrong.")
    )
    return build_problem(code=code, detail=detail, errors=found)


def list_sentences(detail: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        inner = [("" if name == "non_field_errors" else str(name), value) for name, value in detail.items()]
    elif isinstance(detail, list):
        # Sentences about the same place, or one entry an item of a list.
        inner = [("" if isinstance(value, str) else str(at), value) for at, value in enumerate(detail)]
    else:
        yield place, str(detail)
        return
    for name, value in inner:
        yield from list_sentences(value, ".".join(filter(None, [place, name])))


def build_problem(*, code: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> Response:
    data: dict[str, Any] = {"type": "about:blank", "status": code, "detail": detail}
    if errors:
        data["errors"] = errors
    return Response(data, status=code, content_type="application/problem+json")


def write_problem(*, code: int, detail: str) -> HttpResponse:
    """A problem where no view answers."""
    data = {"type": "about:blank", "status": code, "detail": detail}
    return JsonResponse(data, status=code, content_type="application/problem+json")
