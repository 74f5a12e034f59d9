"""Two models of a leaderboard against each other, and the battles behind it to read."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.comparisons import Comparison, compare_models, find_model
from evaluations.errors import UnknownAnalysis
from evaluations.models import LanguageModel
from evaluations.pair_battles import PromptBattles, list_prompt_votes, read_battles
from evaluations.publicity import shows_texts
from evaluations.publishing.analyses import Analysis
from evaluations.rendered import show_prompt, show_response
from evaluations.sentences import is_provisional, name_board_votes
from evaluations.web.claim_rows import build_claim_rows
from evaluations.web.model_rows import name_part
from evaluations.web.model_words import describe_evidence, summarise_comparison
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.score_marks import mark_score, mark_scores
from evaluations.web.shown_boards import fetch_shown_board

PAGE_SIZE = 10


@serve_published("model", "rival")
def choose_comparison(request: PublishedRequest, slug: str) -> HttpResponse:
    """The form; with two models chosen, on to their page."""
    board = fetch_shown_board(request, slug=slug)
    model, rival = request.GET.get("model", ""), request.GET.get("rival", "")
    error = find_fault(board, model=model, rival=rival)
    if rival and not error:
        return redirect("leaderboard-comparison", slug, model, rival)
    context = {
        "board": board,
        "models": list_models(board),
        "chosen": model,
        "chosen_rival": rival,
        "error": error,
    }
    return render(request, "comparisons/choose.html", context)


@serve_published()
def show_comparison(request: PublishedRequest, slug: str, model: str, rival: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, LanguageModel.DoesNotExist, UnknownAnalysis for a model and itself."""
    board = fetch_shown_board(request, slug=slug)
    require_two(model=model, rival=rival)
    found = compare_models(board=board, model=model, rival=rival, columns_root=settings.COLUMNS_ROOT)
    return render(
        request, "comparisons/page.html", {"board": board, **describe_comparison(board, comparison=found)}
    )


@serve_published("page")
def list_battles(request: PublishedRequest, slug: str, model: str, rival: str) -> HttpResponse:
    """Raises as `show_comparison`, and NotPublished."""
    board = fetch_shown_board(request, slug=slug)
    require_two(model=model, rival=rival)
    pair = {"model": find_model(board, model), "rival": find_model(board, rival)}
    votes = list_prompt_votes(board=board, **pair, columns_root=settings.COLUMNS_ROOT)
    page = Paginator(votes, PAGE_SIZE).get_page(request.GET.get("page"))
    battles = read_battles(list(page.object_list), **pair)
    context = {
        "board": board,
        **pair,
        "page": page,
        "battles": [render_battles(item) for item in battles],
        "prompts": len(votes),
        "votes": name_board_votes(board, counted=sum(item.votes for item in votes)),
    }
    return render(request, "comparisons/battles.html", context)


def describe_comparison(board: Board, *, comparison: Comparison) -> dict[str, Any]:
    named = [(_("All votes on the two"), comparison.record)]
    for part in comparison.parts:
        named.append((name_part(Analysis(category=part.category, language=part.language)), part.record))
    return {
        "provisional": bool(board.rows) and is_provisional(board),
        "comparison": comparison,
        "sentence": summarise_comparison(board, comparison),
        "detail": describe_evidence(board, comparison),
        "expected_mark": mark_score(comparison.expected),
        "records": mark_scores(((name, record), record.won) for name, record in named),
        "claims": build_claim_rows(comparison.claims, slug=board.leaderboard.slug),
        "texts": shows_texts(study=board.study),
    }


def render_battles(found: PromptBattles) -> dict[str, Any]:
    """Every text through the one renderer."""
    texts = (found.response, found.rival_response)
    first, other = (show_response(item) if item.text.strip() else "" for item in texts)
    return {
        "votes": found.votes,
        "language": found.prompt.language,
        "category": found.prompt.category,
        "prompt": show_prompt(found.prompt),
        "response": first,
        "rival_response": other,
    }


def list_models(board: Board) -> list[LanguageModel]:
    """All models ever entered: by name, as whoever looks for one does."""
    return sorted(board.models.values(), key=lambda model: model.name.casefold())


def find_fault(board: Board, *, model: str, rival: str) -> str:
    """What is wrong with this choice, "" where nothing is, or nothing was chosen yet."""
    if not model and not rival:
        return ""
    if any(slug and slug not in board.models for slug in (model, rival)):
        return _("There is no such model on this leaderboard. Choose two from the lists.")
    if not model and rival:
        return _("Choose the first model too.")
    return say_same() if model == rival else ""


def require_two(*, model: str, rival: str) -> None:
    if model == rival:
        raise UnknownAnalysis(say_same())


def say_same() -> str:
    return _("A model is not compared with itself. Choose two different models.")
