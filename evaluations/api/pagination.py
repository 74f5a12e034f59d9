"""Lists come in pages, as large as the program asks for up to a limit."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request


class Pages(LimitOffsetPagination):
    """`?limit=50&offset=100`; `next` and `previous` are whole addresses. Raises ValidationError for what is no number:
    a page that was not asked for would pass for the one that was."""

    default_limit = 50
    max_limit = 500

    def get_limit(self, request: Request) -> int:
        asked = _read_number(request, name=self.limit_query_param, least=1)
        return self.default_limit if asked is None else min(asked, self.max_limit)

    def get_offset(self, request: Request) -> int:
        return _read_number(request, name=self.offset_query_param, least=0) or 0

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        least = {self.limit_query_param: 1, self.offset_query_param: 0}
        return [
            {**described, "schema": {"type": "integer", "minimum": least[described["name"]]}}
            for described in super().get_schema_operation_parameters(view)
        ]

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"count": {"type": "integer"}, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


def _read_number(request: Request, *, name: str, least: int) -> int | None:
    """None where the address does not say it."""
    said = request.query_params.get(name)
    if said is None:
        return None
    # The digits of a bigint: the database counts no further.
    if not (said.isascii() and said.isdecimal() and len(said) < 19 and int(said) >= least):
        raise ValidationError({name: [_("A whole number from %(least)s on.") % {"least": least}]})
    return int(said)
