"""The home page, and the short pages that say how Arena works."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_GET

from evaluations.leaderboards import fetch_latest_board
from evaluations.models import Study
from evaluations.publishing.documents import CODE_VERSION
from evaluations.rendering import render_markdown
from evaluations.web.boards import describe_board
from evaluations.web.method_words import describe_method_parts
from evaluations.web.studies import count_votes
from evaluations.web.versions import tag_page

STUDIES_SHOWN = 5
MODELS_SHOWN = 5
METHOD_TEXT = settings.BASE_DIR / "docs" / "ranking.md"


@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    open_studies = Study.objects.filter(state=Study.State.OPEN, recorded=False)
    studies = list(count_votes(open_studies).order_by("-opened_at", "-pk")[:STUDIES_SHOWN])
    board = fetch_latest_board()
    result = None if board is None else describe_board(board=board, most=MODELS_SHOWN)
    context = {
        "studies": studies,
        "result": result,
        "some_simulated": any(study.simulated for study in studies)
        or (result is not None and result.simulated),
    }
    return render(request, "home/page.html", context)


@require_GET
@cache_control(private=True, no_cache=True)
@condition(etag_func=tag_page)
def show_method(request: HttpRequest) -> HttpResponse:
    parts = [
        (part, [render_markdown(f"$$\n{equation}\n$$") for equation in part.equations])
        for part in describe_method_parts()
    ]
    return render(request, "home/method.html", {"parts": parts, "code": CODE_VERSION})


@require_GET
def download_method(request: HttpRequest) -> HttpResponse:
    """The method as the code's own documents have it, for whoever wants every choice."""
    return HttpResponse(METHOD_TEXT.read_bytes(), content_type="text/markdown; charset=utf-8")


@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")


@require_GET
def show_accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")
