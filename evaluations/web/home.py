"""The home page, and the short pages that say how Arena works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations.leaderboards import fetch_latest_board
from evaluations.models import Study
from evaluations.web.leaderboards import describe_board
from evaluations.web.studies import count_votes

STUDIES_SHOWN = 5
MODELS_SHOWN = 5


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
def show_method(request: HttpRequest) -> HttpResponse:
    return render(request, "home/method.html")


@require_GET
def show_data(request: HttpRequest) -> HttpResponse:
    return render(request, "home/data.html")


@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")


@require_GET
def show_accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")
