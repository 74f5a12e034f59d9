"""What other sites show of a leaderboard: in the language of the address, from any origin, the same for everyone."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]

# Seconds for which a copy may be shown without asking whether there is a newer snapshot.
FRESH = 300


def show_elsewhere(view: View[P]) -> View[P]:
    """Without `language` in the query the answer is in the reader's, and no shared cache may keep it."""

    @wraps(view)
    def show(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("language", "")
        if asked not in dict(settings.LANGUAGES):
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_cache=True)
        else:
            with translation.override(asked):
                response = view(request, *args, **kwargs)
            response["Content-Language"] = asked
            patch_cache_control(response, public=True, max_age=FRESH)
        # A page that isolates itself from other origins still may show it.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return show
