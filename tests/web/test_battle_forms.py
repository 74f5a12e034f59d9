"""The battle's form comes out of a mould: byte for byte what its template says."""

from copy import copy

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from evaluations.battles import show_again
from evaluations.models import Outcome, Prompt, Response
from evaluations.rendering import make_html
from evaluations.web import moulds
from evaluations.web.battle_forms import build_battle
from tests.factories import NOW, make_battle, make_study, make_vote
from tests.web.test_battles import start, vote

pytestmark = pytest.mark.django_db

HOSTILE = "<b>&\"'{{ study.title }} mark0left0"


@pytest.fixture
def request_of_rater(monkeypatch):
    request = RequestFactory().get("/studies/s/rate/")
    request.htmx, request.resolver_match = HtmxDetails(request), None
    # The token that a form carries is another one each time.
    for module in ("django.template.context_processors", "evaluations.web.moulds"):
        monkeypatch.setattr(f"{module}.get_token", lambda request: "token-of-the-form")
    return request


@pytest.fixture(autouse=True)
def no_moulds(monkeypatch):
    monkeypatch.setattr(moulds, "_moulds", {})


def make_form(*, study=None, last_outcome=None, number=1, language=""):
    study = study or make_study()
    battle = make_battle(study=study, number=number)
    last = None
    if last_outcome:
        voted = make_battle(study=study, rater=battle.rater)
        last = make_vote(battle=voted, outcome=last_outcome)
        last.battle = voted
    shown, session = show_again(battle=battle)
    shown.prompt.language = language
    return build_battle(battle=shown, session=session, revision=0, last=last, now=NOW)


def render_both(request, form):
    return form.render(request), render_to_string(form.template, form.context, request)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("last_outcome", [None, *Outcome.values])
def test_as_its_template(request_of_rater, language, last_outcome):
    study = make_study()
    study.title = study.question = HOSTILE
    study.reason_tags, study.session_length = ["+Good", "-Bad", HOSTILE], 12_345
    with translation.override(language):
        for _other in range(2):
            filled, rendered = render_both(
                request_of_rater, make_form(study=study, last_outcome=last_outcome)
            )
            assert filled == rendered
    assert len(moulds._moulds) == 1


def test_texts_are_written_into_it_whatever_they_say(request_of_rater):
    form = make_form()
    Response.objects.update(html=make_html(HOSTILE))
    Prompt.objects.update(html=make_html(HOSTILE))
    first = form.render(request_of_rater)
    filled, rendered = render_both(request_of_rater, make_form(study=form.context["study"]))
    assert filled == rendered != first
    assert moulds.WORD not in filled


def test_what_its_template_asks_about_is_its_shape(request_of_rater):
    """Each has a form of its own: an empty response, a prompt's language, the study's words and answers."""
    study = make_study()
    forms = [make_form(study=study), make_form(study=study, language="ar")]
    Response.objects.update(html=make_html(""))
    forms.append(make_form(study=study))
    changes = {
        "question": "Which one would you print?",
        "outcomes": ["left", "right"],
        "reason_tags": ["+Right"],
        "simulated": True,
        "state": "pilot",
        "reveal": "after_vote",
    }
    for name, value in changes.items():
        changed = copy(forms[-1].context["study"])
        setattr(changed, name, value)
        forms.append(make_form(study=changed, last_outcome="left"))
    for made, form in enumerate(forms, start=1):
        filled, rendered = render_both(request_of_rater, form)
        assert filled == rendered
        assert len(moulds._moulds) == made


def test_moulds_are_not_kept_without_end(request_of_rater, monkeypatch):
    monkeypatch.setattr(moulds, "MOST_MOULDS", 2)
    for slug in ("one", "two", "three"):
        filled, rendered = render_both(request_of_rater, make_form(study=make_study(slug=slug)))
        assert filled == rendered
    assert len(moulds._moulds) == 2


def test_the_rating_page_takes_it_from_a_mould(client):
    battle = start(client, make_study())
    answer = vote(client, battle, htmx=True)
    assert answer.status_code == 200
    assert len(moulds._moulds) == 1
    assert reverse("vote", args=[battle.token]) not in answer.content.decode()
