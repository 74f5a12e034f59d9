"""What the rating page offers beside the vote, what it says after it, and what it never lets out before."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import LanguageModel, Skip, Vote
from evaluations.rendering import load_rendered
from evaluations.studies import close_study
from tests.factories import make_battle, make_study, make_vote
from tests.web.test_battles import agree, post, start, vote

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
TAGS = ["+Correct", "clear", "-Wrong fact", "+Right tone"]


def show(client, battle, name="battle"):
    return client.get(reverse(name, args=[battle.token]))


def read_groups(page):
    """Of each side: the titles of its groups, with the signs and words of their tags."""
    sides = []
    for side in page.split('<fieldset class="reasons-side"')[1:]:
        groups = []
        for group in side.split('class="tag-group"')[1:]:
            title = re.search(r'<p id="\w+-\w">(.+?)</p>', group)
            tags = re.findall(r'<label class="tag" (?:data-sign="(.)")?><input[^>]+>([^<]+)</label>', group)
            groups.append((title[1] if title else "", tags))
        sides.append(groups)
    return sides


def list_languages(page):
    """Of the prompt and the two responses."""
    return re.findall(r'class="(?:prompt-text|response-body) prose"[^>]* lang="(\w+)"', page)


@pytest.mark.parametrize("asked", ["en", "fr"])
def test_texts_are_marked_as_of_the_prompt_s_language_whatever_the_reader_s(client, asked):
    """Else a screen reader speaks an English answer with a French voice."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = asked
    battle = start(client, make_study())
    address = reverse("rate", args=[battle.study.slug])
    whole, fragment = (client.get(address, headers=headers).content.decode() for headers in ({}, HTMX))
    vote(client, battle)
    again = show(client, battle, name="battle-responses").content.decode()

    assert [list_languages(page) for page in (whole, fragment, again)] == [["en"] * 3] * 3
    assert f'<html lang="{asked}"' in whole


def test_tags_stand_under_good_and_bad_without_their_sign(client):
    page = show(client, start(client, make_study(reason_tags=TAGS))).content.decode()
    expected = [
        ("Good", [("+", "Correct"), ("+", "Right tone")]),
        ("Bad", [("−", "Wrong fact")]),
        ("", [("", "clear")]),
    ]

    assert read_groups(page) == [expected, expected]
    assert re.findall(r'aria-labelledby="((?:good|bad)-\w)"', page) == ["good-a", "bad-a", "good-b", "bad-b"]
    assert page.count('id="good-a"') == page.count('id="bad-b"') == 1


def test_what_is_sent_is_the_whole_tag(client):
    battle = start(client, make_study(reason_tags=TAGS))
    assert 'name="reasons_left" value="-Wrong fact"' in show(client, battle).content.decode()
    vote(client, battle, reasons_left=["+Correct", "Correct"], reasons_right=["-Wrong fact"])

    assert Vote.objects.get().reasons == {"left": ["+Correct"], "right": ["-Wrong fact"]}
    page = post(client, "undo", battle, htmx=True).content.decode()
    assert re.findall(r'name="(\w+)" value="([^"]+)" checked', page) == [
        ("reasons_left", "+Correct"),
        ("reasons_right", "-Wrong fact"),
    ]


def test_tags_without_sign_stand_in_one_row_without_a_title(client):
    page = show(client, start(client, make_study(reason_tags=["clear", "wrong"]))).content.decode()

    assert read_groups(page) == [[("", [("", "clear"), ("", "wrong")])]] * 2


def test_each_reason_to_skip_is_one_button_and_the_skip_itself_has_none(client):
    battle = start(client, make_study())
    page = show(client, battle).content.decode()
    buttons = [
        button
        for button in re.findall(r"<button[^>]+>", page)
        if reverse("skip", args=[battle.token]) in button
    ]

    assert [re.findall(r'value="(\w+)"', button) for button in buttons] == [
        [],
        ["language"],
        ["cannot_judge"],
        ["broken"],
        ["offensive"],
    ]
    assert ['data-code="KeyS"' in button for button in buttons] == [True, False, False, False, False]
    post(client, "skip", battle, skip_reason="broken")
    assert Skip.objects.get().reason == "broken"


class TestResponsesAgain:
    @pytest.fixture
    def study(self):
        return make_study(reveal="after_vote")

    def test_not_before_the_vote_nor_after_undo(self, client, study):
        battle = start(client, study)
        for _ in range(2):
            response = show(client, battle, "battle-responses")
            assert (response.status_code, response["Location"]) == (
                302,
                reverse("battle", args=[battle.token]),
            )
            vote(client, battle)
            post(client, "undo", battle)

    def test_they_are_as_they_were_without_form_and_names(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        for address in ("battle", "battle-responses"):
            page = show(client, battle, address).content.decode()
            assert battle.left.model.name not in page
            assert battle.right.model.name not in page
        for text in (battle.prompt, battle.left, battle.right):
            assert load_rendered(text.html) in page
        assert 'name="outcome"' not in page
        assert "You preferred A." in page
        assert f'href="{reverse("battle", args=[battle.token])}"' in page

    def test_the_names_stand_over_them_once_they_were_asked_for(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        page = post(client, "reveal", battle, htmx=True).content.decode()
        assert reverse("battle-responses", args=[battle.token]) in page
        page = show(client, battle, "battle-responses").content.decode()

        assert f"Response A: {battle.left.model.name}" in page
        assert f"Response B: {battle.right.model.name}" in page

    def test_nobody_else_reads_them(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        stranger = Client()
        agree(stranger, study)

        for browser in (stranger, Client()):
            assert show(browser, battle, "battle-responses").status_code == 403


def test_no_name_is_in_any_answer_before_it_is_asked_for(client):
    """Names, slugs and makers, in body and headers of all that a rater is sent, up to the names themselves."""
    study = make_study(reveal="after_vote", shows_others=True)
    LanguageModel.objects.filter(entries__study=study).update(maker="Maker and Sons", licence="Licence 7")
    battle = start(client, study)
    words = {
        word
        for model in LanguageModel.objects.all()
        for word in (model.name, model.slug, "Maker", "Licence 7")
    }
    answers = [
        client.get(reverse("rate", args=[study.slug])),
        show(client, battle),
        vote(client, battle, htmx=True),
        show(client, battle),
        show(client, battle, "battle-responses"),
        post(client, "undo", battle, htmx=True),
        post(client, "reveal", battle),
        post(client, "vote", battle, outcome="left", revision=1, htmx=True),
    ]
    for answer in answers:
        sent = (answer.content.decode() + str(answer.headers)).replace("alphabet", "")
        assert not [word for word in words if word in sent]
    page = post(client, "reveal", battle, htmx=True).content.decode()

    assert battle.left.model.name in page
    assert "Maker and Sons. Licence 7." in page


def blind(page):
    """The page without what is drawn anew for each answer."""
    return re.sub(r"[A-Za-z0-9_-]{22}|value=\"[A-Za-z0-9]{64}\"", "*", page)


def test_with_the_two_models_exchanged_every_byte_stays(client, monkeypatch):
    """Names, makers, licences, lengths of slugs: the page and its headers know none of them."""
    now = timezone.now()
    # The lease runs on from second to second.
    monkeypatch.setattr(timezone, "now", lambda: now)
    study = make_study(reveal="after_vote", reason_tags=TAGS, shows_others=True)
    battle = start(client, study)
    addresses = [reverse("rate", args=[study.slug]), reverse("battle", args=[battle.token])]
    pages = []
    for words in (("x", "an-uncommonly-long-slug"), ("an-uncommonly-long-slug", "x")):
        describe_models(battle, words)
        pages.append([client.get(address) for address in addresses])

    for one, other in zip(*pages, strict=True):
        assert blind(one.content.decode()) == blind(other.content.decode())
        assert len(one.content) == len(other.content)
        assert blind(str(sorted(one.headers.items()))) == blind(str(sorted(other.headers.items())))


def describe_models(battle, words):
    """All that can be said of a model, from one word for the left one's and one for the right one's."""
    ids = [battle.left.model_id, battle.right.model_id]
    for pk in ids:
        LanguageModel.objects.filter(pk=pk).update(name=f"passing {pk}", slug=f"passing-{pk}")
    for pk, word in zip(ids, words, strict=True):
        LanguageModel.objects.filter(pk=pk).update(
            slug=word, name=word.title(), maker=word * 3, licence=word, url=f"https://{word}.example/"
        )


class TestNames:
    def test_they_come_also_when_the_ledger_already_has_the_vote(self, client, time_machine):
        battle = start(client, make_study(reveal="after_vote"))
        vote(client, battle)
        time_machine(minutes=1)
        seal_all(now=timezone.now())
        page = show(client, battle).content.decode()
        assert battle.left.model.name not in page
        assert reverse("undo", args=[battle.token]) not in page
        page = post(client, "reveal", battle, htmx=True).content.decode()

        assert battle.left.model.name in page
        assert battle.right.model.name in show(client, battle).content.decode()

    def test_a_study_that_hides_them_offers_them_from_its_close_on(self, client, time_machine):
        study = make_study(reveal="at_close")
        battle = start(client, study)
        vote(client, battle)
        page = show(client, battle).content.decode()
        assert reverse("reveal", args=[battle.token]) not in page
        assert "The names are shown when the study has closed." in page
        close_study(study=study, now=timezone.now())
        assert reverse("reveal", args=[battle.token]) in show(client, battle).content.decode()

        assert battle.left.model.name in post(client, "reveal", battle, htmx=True).content.decode()

    def test_undo_and_then_the_names_is_refused(self, client):
        battle = start(client, make_study(reveal="after_vote"))
        vote(client, battle)
        post(client, "undo", battle)
        refused = post(client, "reveal", battle)

        assert refused.status_code == 409
        assert battle.left.model.name not in refused.content.decode()

    @pytest.mark.parametrize(
        ("maker", "licence", "said"),
        [
            ("Nordlys Research", "Open weights, Apache 2.0", "Nordlys Research. Open weights, Apache 2.0."),
            ("Temple Row Inc.", "", "Temple Row Inc."),
            ("", "", None),
        ],
    )
    def test_who_made_a_model_is_said_in_sentences(self, client, maker, licence, said):
        study = make_study(reveal="after_vote")
        LanguageModel.objects.update(maker=maker, licence=licence)
        battle = start(client, study)
        vote(client, battle)
        page = post(client, "reveal", battle, htmx=True).content.decode()

        assert re.findall(r'<p class="quiet small">([^<]+)</p>', page) == ([said] * 2 if said else [])


class TestOthers:
    def vote_and_ask(self, client, study, *, others):
        battle = start(client, study)
        past = timezone.now() - timedelta(hours=1)
        for outcome, count in others.items():
            for _ in range(count):
                shown = {"prompt": battle.prompt, "left": battle.left, "right": battle.right, "now": past}
                make_vote(battle=make_battle(study=study, **shown), outcome=outcome, now=past)
        seal_all(now=timezone.now())
        refresh_columns(root=settings.COLUMNS_ROOT)
        vote(client, battle)
        assert "How others voted" not in show(client, battle).content.decode()
        return post(client, "reveal", battle, htmx=True).content.decode()

    def test_they_stand_in_the_order_of_the_bar_as_counts(self, client):
        study = make_study(reveal="after_vote", shows_others=True)
        votes = {"left": 12, "tie": 4, "both_bad": 1, "right": 5}
        page = self.vote_and_ask(client, study, others=votes)
        rows = re.findall(r"<span>([^<]+)</span>\s*<progress[^>]+value=\"(\d+)\" max=\"(\d+)\"[^>]*>", page)

        assert rows[1:] == [
            ("A is better", "12", "22"),
            ("Tie", "4", "22"),
            ("Both bad", "1", "22"),
            ("B is better", "5", "22"),
        ]
        assert "22 votes of other raters" in page
        assert "%" not in page.split('id="others"')[1].split("</section>")[0]

    def test_fewer_than_twenty_are_not_told(self, client):
        study = make_study(reveal="after_vote", shows_others=True)
        page = self.vote_and_ask(client, study, others={"left": 19})

        assert "from 20 votes on" in page
        assert "vote-shares" not in page
        assert "19" not in page.split('id="others"')[1].split("</section>")[0]

    def test_a_study_that_does_not_say_so_shows_none(self, client):
        page = self.vote_and_ask(client, make_study(reveal="after_vote"), others={"left": 30})

        assert "How others voted" not in page
