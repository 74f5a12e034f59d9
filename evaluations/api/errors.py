"""Errors of the API as problem details (RFC 9457): one table from the house's exceptions to statuses."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler

from evaluations.errors import ArenaError, IngestError, StudyError, VotingError

STATUSES: list[tuple[type[Exception], int]] = [
    (IngestError, status.HTTP_422_UNPROCESSABLE_ENTITY),
    (StudyError, status.HTTP_409_CONFLICT),
    (VotingError, status.HTTP_409_CONFLICT),
    (ArenaError, status.HTTP_400_BAD_REQUEST),
]


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """A problem document for every error that is ours or the framework's; None for a fault of the server."""
    for kind, code in STATUSES:
        if isinstance(error, kind):
            return build_problem(code=code, detail=str(error))
    if isinstance(error, ObjectDoesNotExist):
        error = NotFound("There is nothing at this address.")
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = (
        response.data.get("detail", "The request is not valid.") if isinstance(response.data, dict) else ""
    )
    problem = build_problem(code=response.status_code, detail=str(detail))
    for header, value in response.headers.items():
        problem.headers.setdefault(header, value)
    return problem


def build_problem(*, code: int, detail: str) -> Response:
    data = {"type": "about:blank", "status": code, "detail": detail}
    return Response(data, status=code, content_type="application/problem+json")
