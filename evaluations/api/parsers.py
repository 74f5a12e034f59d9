"""Bodies of requests: JSON with texts that a database can keep."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class BodyTooLarge(APIException):
    """More than Django's own limit for what is no file."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(_("A request has at most %(limit)s bytes. Files go to imports.") % {"limit": limit})


class HouseJSONParser(JSONParser):
    """JSON in UTF-8. What JSON can say and PostgreSQL can't keep is refused here, for every field at once."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            value = json.loads(stream.read().decode(), parse_constant=_refuse)
            _check(value)
        except (ValueError, RecursionError) as error:
            raise ParseError(
                _("The body of the request is not JSON, or holds what can not be kept.")
            ) from error
        return value


def _refuse(name: str) -> float:
    raise ValueError(name)


def _check(value: Any) -> None:
    """Raises ValueError for a text with a NUL, or with half a character."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("NUL")
    elif isinstance(value, dict):
        _check([*value, *value.values()])
    elif isinstance(value, list):
        for item in value:
            _check(item)
