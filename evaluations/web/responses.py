"""A battle's two responses to read again, once it was voted on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from evaluations import battles, votes
from evaluations.models import Battle
from evaluations.rendering import load_rendered
from evaluations.web.battle_forms import SIDES, describe_session
from evaluations.web.battles import fetch_battle


@never_cache
@require_GET
def show_responses(request: HttpRequest, token: str) -> HttpResponse:
    """As they were shown; under their names only where the rater asked for these, or they are public."""
    battle = fetch_battle(request, token)
    vote = votes.fetch_vote(battle=battle)
    if vote is None or votes.is_undone(vote=vote):
        return redirect("battle", token=token)
    shown, session = battles.show_again(battle=battle)
    named = votes.tells_names(vote=vote, now=timezone.now())
    context = {
        **describe_session(study=battle.study, session=session),
        "prompt_html": load_rendered(shown.prompt.html),
        "language": shown.prompt.language,
        "battle": battle,
        "vote": vote,
        "number": session.votes,
        "sides": name_sides(battle=shown) if named else list_sides(battle=shown),
    }
    return render(request, "battles/responses.html", context)


def list_sides(*, battle: Battle) -> list[dict[str, Any]]:
    """The two responses as they are shown, and nothing of who wrote them."""
    return [
        {
            "letter": letter,
            "side": letter.lower(),
            "name": name,
            "html": load_rendered(getattr(battle, name).html),
        }
        for letter, name in SIDES
    ]


def name_sides(*, battle: Battle) -> list[dict[str, Any]]:
    """The responses with their models."""
    written = battles.fetch_sides(battle=battle)
    return [
        {**side, "model": response.model}
        for side, response in zip(list_sides(battle=battle), written, strict=True)
    ]
