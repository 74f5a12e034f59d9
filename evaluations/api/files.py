"""Files as answers: sent as they are made, whatever a program says that it would like best."""

from collections.abc import Iterable
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from evaluations.api.permissions import StaffView


class OneKind(BaseContentNegotiation):
    """A file has one kind; problems are JSON."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class FileView(StaffView):
    content_negotiation_class = OneKind

    def send(
        self, chunks: Iterable[str] | Iterable[bytes], *, content_type: str, filename: str
    ) -> StreamingHttpResponse:
        headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
        return StreamingHttpResponse(chunks, content_type=content_type, headers=headers)
