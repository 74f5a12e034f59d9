"""One model of a leaderboard: where it stands, in every part of the votes and by every analysis, and against whom."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from evaluations.boards import Board
from evaluations.comparisons import find_model, list_head_to_heads
from evaluations.models import Entry, LanguageModel, Response
from evaluations.prompt_records import fetch_prompt_records, list_samples
from evaluations.publicity import shows_texts
from evaluations.rendered import show_prompt, show_response
from evaluations.sentences import is_provisional
from evaluations.slices import list_slices, list_variants
from evaluations.web.model_rows import build_results, mark_primary
from evaluations.web.model_words import describe_win_rate, summarise_model
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.score_marks import mark_scores
from evaluations.web.shown_boards import fetch_shown_board

# What a model's maker wrote as its address may be anything; a link is to a page.
PAGES = ("https://", "http://")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A response of the model, rendered, with the prompt."""

    prompt: str
    response: str
    language: str
    category: str


@serve_published()
def show_model(request: PublishedRequest, slug: str, model: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, LanguageModel.DoesNotExist."""
    board = fetch_shown_board(request, slug=slug)
    context = {
        "board": board,
        "provisional": bool(board.rows) and is_provisional(board),
        **describe_model(board, find_model(board, model)),
    }
    return render(request, "board_models/page.html", context)


def describe_model(board: Board, model: LanguageModel) -> dict[str, Any]:
    root = settings.COLUMNS_ROOT
    slices = list_slices(board=board, model=model, columns_root=root)
    variants = list_variants(board=board, model=model, columns_root=root)
    primary = mark_primary(board, model)
    heads = list_head_to_heads(board=board, model=model.slug, columns_root=root)
    records = fetch_prompt_records(board=board, model=model, columns_root=root)
    return {
        "model": model,
        "link": model.url if model.url.startswith(PAGES) else "",
        "entry": Entry.objects.get(study=board.study, model=model),
        "sentence": summarise_model(board, model),
        "detail": describe_win_rate(board, model),
        "slices": build_results(board, [*primary, *slices]),
        "variants": build_results(board, [*primary, *variants]),
        "heads": mark_scores((head, head.expected) for head in heads),
        "records": records,
        "strongest": mark_scores((item, item.score.estimate) for item in records.strongest)
        if records
        else None,
        "weakest": mark_scores((item, item.score.estimate) for item in records.weakest) if records else None,
        "texts": shows_texts(study=board.study),
        "samples": [render_sample(item) for item in list_samples(study=board.study, model=model)],
    }


def render_sample(response: Response) -> Sample:
    return Sample(
        prompt=show_prompt(response.prompt),
        response=show_response(response) if response.text.strip() else "",
        language=response.prompt.language,
        category=response.prompt.category,
    )
