"""What the API's addresses share: each request is counted, lists come in pages, what is public has a tag."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from evaluations.api.authentication import TokenAuthentication
from evaluations.api.pagination import Pages
from evaluations.errors import TooManyRequests
from evaluations.throttling import Limit, Standing, count_request, name_caller

YEAR = 31_536_000
# What any list's address may say, and the framework itself reads.
PAGING = ("limit", "offset", "format")


class CountedView(APIView):
    """Each request is counted, whoever asks and whatever is answered."""

    # OPTIONS would describe what the schema does already.
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    standing: Standing | None = None

    def check_permissions(self, request: Request) -> None:
        """Counts first: who may not ask is counted, too."""
        user = request.user
        if user.is_authenticated:
            limit = Limit(scope="api-account", most=settings.API_TOKEN_PER_MINUTE)
            caller = f"account {user.pk}"
        else:
            limit = Limit(scope="api-address", most=settings.API_PUBLIC_PER_MINUTE)
            caller = name_caller(request.META)
        self.standing = count_request(limit=limit, caller=caller, now=timezone.now())
        if self.standing is not None and self.standing.is_over:
            raise TooManyRequests(
                _("Those were too many requests. Wait %(seconds)s seconds, then go on; nothing is lost.")
                % {"seconds": self.standing.reset},
                retry_after=self.standing.reset,
            )
        super().check_permissions(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.standing is not None:
            limit = self.standing.limit
            response["RateLimit-Policy"] = f'"{limit.scope}";q={limit.most};w={limit.seconds}'
            response["RateLimit"] = f'"{limit.scope}";r={self.standing.left};t={self.standing.reset}'
        return response


class ApiView(CountedView):
    pagination_class = Pages

    @property
    def user(self) -> Any:
        return self.request.user

    @property
    def now(self) -> datetime:
        return timezone.now()

    def read(self, kind: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """What was sent, as the serializer takes it. Raises ValidationError."""
        serializer = kind(data=self.request.data, context={"view": self}, **options)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def read_query(self, kind: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """What the address says after its question mark. Raises ValidationError, also for what nobody would read: an
        answer by another analysis would pass for the one that was asked for."""
        serializer = kind(data=self.request.query_params.dict())
        known = {*getattr(serializer, "fields", ()), *PAGING}
        strange = [name for name in self.request.query_params if name not in known]
        if strange:
            raise ValidationError({name: [_("This address has no such parameter.")] for name in strange})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def paginate(self, rows: Any, kind: type[BaseSerializer[Any]], **context: Any) -> Response:
        """A page of a queryset or of a list."""
        paginator = self.pagination_class()
        page: Any = paginator.paginate_queryset(rows, self.request, view=self)
        serializer = kind(page, many=True, context={"request": self.request, **context})
        return paginator.get_paginated_response(serializer.data)


class PublicView(ApiView):
    """An address that everyone reads. Its tag is that of its bytes: who has them is told so (304).

    A token changes nothing in the answer, only by whom the request is counted; a browser's session is not looked at.
    """

    authentication_classes = [TokenAuthentication]
    permission_classes = [AllowAny]
    # Whether the address can't come to show something else.
    is_permanent = False

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code != 200:
            return response
        if self.is_permanent:
            patch_cache_control(response, public=True, immutable=True, max_age=YEAR)
        else:
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        if isinstance(response, Response):
            response.add_post_render_callback(lambda rendered: tag_response(request, rendered))
            return response
        return tag_response(request, response)


def tag_response(request: Request, response: Any) -> HttpResponseBase:
    """With the tag of its bytes; what is made while it is sent brings its own."""
    if not response.streaming:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    # DRF's request stands for Django's.
    conditional: Any = get_conditional_response(request, etag=response["ETag"], response=response)
    answer: HttpResponseBase = conditional if conditional is not None else response
    return answer
