"""How a visitor wants pages to look and to answer: theme, language and keys, each in a cookie, none in a table."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

THEME_COOKIE = "arena_theme"
THEMES = ("light", "dark")
THEME_AGE = timedelta(days=365)
KEYS_COOKIE = "arena_keys"
KEYS = ("on", "off")
KEYS_AGE = timedelta(days=90)

# Which entry of the main navigation an address belongs to, and whether it is that entry's own page.
SECTIONS = {
    "home": ("home", "page"),
    "studies": ("studies", "page"),
    "study": ("studies", "true"),
    "comprehension": ("studies", "true"),
    "pause": ("studies", "true"),
    "leaderboards": ("leaderboards", "page"),
    "leaderboard": ("leaderboards", "true"),
    "snapshot": ("leaderboards", "true"),
    "leaderboard-snapshots": ("leaderboards", "true"),
    "snapshot-difference": ("leaderboards", "true"),
    "leaderboard-model": ("leaderboards", "true"),
    "leaderboard-compare": ("leaderboards", "true"),
    "leaderboard-comparison": ("leaderboards", "true"),
    "comparison-battles": ("leaderboards", "true"),
    "leaderboard-claims": ("leaderboards", "true"),
    "leaderboard-claim": ("leaderboards", "true"),
    "leaderboard-exposure": ("leaderboards", "true"),
    "method": ("method", "page"),
    "data": ("data", "page"),
    "leaderboard-data": ("leaderboards", "true"),
    "manage": ("manage", "page"),
    "study-people": ("manage", "true"),
    "study-people-add": ("manage", "true"),
    "people": ("people", "page"),
    "person-add": ("people", "true"),
    "person": ("people", "true"),
    "person-link": ("people", "true"),
    "audit-log": ("audit-log", "page"),
    "account": ("account", "page"),
    "token-make": ("account", "true"),
    "power": ("manage", "true"),
    "study-new": ("manage", "true"),
    "study-settings": ("manage", "true"),
    "study-step": ("manage", "true"),
    "study-amend": ("manage", "true"),
    "study-exports": ("manage", "true"),
    "study-codebook": ("manage", "true"),
    "models": ("models", "page"),
    "model": ("models", "true"),
    "model-new": ("models", "true"),
    "model-edit": ("models", "true"),
    "providers": ("models", "true"),
    "provider-new": ("models", "true"),
    "provider": ("models", "true"),
    "provider-try": ("models", "true"),
    "generations": ("models", "true"),
    "generation-new": ("models", "true"),
    "generation": ("models", "true"),
    "imports": ("imports", "page"),
    "imports-new": ("imports", "true"),
    "import": ("imports", "true"),
    "import-columns": ("imports", "true"),
    "import-findings": ("imports", "true"),
    "prompt-sets": ("imports", "true"),
    "prompt-set": ("imports", "true"),
    "prompt-set-difference": ("imports", "true"),
}


def add_preferences(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. Reads cookies and the address only, so that a public page needs no session."""
    match = request.resolver_match
    section, current = SECTIONS.get(match.url_name or "" if match else "", ("", ""))
    return {
        "theme": read_theme(request),
        "uses_keys": uses_keys(request),
        "other_languages": list_other_languages(),
        "here": find_here(request),
        "section": section,
        "current": current,
    }


def find_here(request: HttpRequest) -> str:
    """Where changing a preference leads back to; an address that only takes forms can't be led back to."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("home")


def read_theme(request: HttpRequest) -> str:
    """The theme that this browser chose, or nothing: then the page follows the system."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def list_other_languages() -> list[dict[str, str]]:
    """Code and own name of each language but the one in use."""
    codes = [code for code, _name in settings.LANGUAGES if code != get_language()]
    return [{"code": code, "name": get_language_info(code)["name_local"].capitalize()} for code in codes]


def take_preference(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A form without a token: a page with one would be each visitor's own, where the public ones are the same for all.

    Browsers say which site a form is from; the worst that one which doesn't say lets through is another colour.
    """

    @csrf_exempt
    @require_POST
    @wraps(view)
    def take(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise PermissionDenied
        return view(request)

    return take


@take_preference
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(
            _("The theme is light or dark."), content_type="text/plain; charset=utf-8"
        )
    response = HttpResponseRedirect(read_next(request))
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=THEME_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


choose_language = take_preference(set_language)


@require_POST
def set_keys(request: HttpRequest) -> HttpResponse:
    """Whether keys vote on the rating page. A preference of this browser, not of the person."""
    keys = request.POST.get("keys", "")
    if keys not in KEYS:
        return HttpResponseBadRequest(_("Keys are on or off."), content_type="text/plain; charset=utf-8")
    return keep_keys(HttpResponseRedirect(read_next(request)), keys=keys)


def keep_keys(response: HttpResponse, *, keys: str) -> HttpResponse:
    response.set_cookie(
        KEYS_COOKIE,
        keys,
        max_age=KEYS_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def uses_keys(request: HttpRequest) -> bool:
    return request.COOKIES.get(KEYS_COOKIE) != "off"


def read_next(request: HttpRequest) -> str:
    """Where the form came from, if that is a page of ours."""
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else reverse("home")
