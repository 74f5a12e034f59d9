"""What is said of all addresses at once in the API's description: how errors look."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from evaluations.api.views import CountedView

PROBLEM = {
    "type": "object",
    "description": "What went wrong, as problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence in the language that was asked for."},
        "errors": {
            "type": "object",
            "description": "By field, where fields are wrong: `title`, `claims.0.margin`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "status", "detail"],
}


def describe_problems(*, result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Every address may answer with a problem."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["4XX"] = {"description": "A problem.", "content": content}
    return result


class SchemaView(CountedView, SpectacularAPIView):
    """The description itself."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """A problem is JSON, also where YAML was to come."""
        if getattr(response, "exception", False):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
