"""Rating through the real views: what one round trip does, what is refused, what never leaks."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations import study_plans
from evaluations.ledger import seal_all
from evaluations.models import Battle, Consent, Rater, Response, Skip, Vote, VoteEnding
from evaluations.rendering import load_rendered
from evaluations.studies import open_study
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def agree(client, study):
    return client.post(reverse("consent", args=[study.slug]), {"agree": "on", "uses_keys": "on"})


def start(client, study):
    """Consent, and the first battle."""
    agree(client, study)
    client.get(reverse("rate", args=[study.slug]))
    return Battle.objects.order_by("-pk").first()


def post(client, name, battle, *, htmx=False, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(name, args=[battle.token]), data, headers=headers)


def vote(client, battle, outcome="left", **options):
    return post(client, "vote", battle, outcome=outcome, revision=0, **options)


def test_rating_without_consent_leads_to_the_terms(client):
    study = make_study()
    response = client.get(reverse("rate", args=[study.slug]))

    assert response.status_code == 302
    assert response["Location"] == reverse("study", args=[study.slug])
    assert not Rater.objects.exists()


def test_consent_must_be_ticked(client):
    study = make_study()
    response = client.post(reverse("consent", args=[study.slug]), {})

    assert response.status_code == 422
    assert "Tick this box to continue" in response.content.decode()
    assert not Consent.objects.exists()


def test_consent_makes_a_rater_behind_a_signed_cookie(client):
    study = make_study()
    agree(client, study)
    code = Rater.objects.get().code

    cookie = client.cookies["arena_rater"]
    assert cookie["httponly"]
    client.cookies["arena_rater"] = code  # unsigned
    assert client.get(reverse("rate", args=[study.slug])).status_code == 302


def test_the_page_shows_prompt_and_two_responses_and_no_name(client):
    study = make_study()
    battle = start(client, study)
    page = client.get(reverse("rate", args=[study.slug])).content.decode()

    assert load_rendered(battle.prompt.html) in page
    assert load_rendered(battle.left.html) in page
    assert load_rendered(battle.right.html) in page
    for entry in study.entries.select_related("model"):
        assert entry.model.name.lower() not in page.lower().replace("alphabet", "")


def test_a_reload_shows_the_same_battle(client):
    study = make_study()
    start(client, study)
    client.get(reverse("rate", args=[study.slug]))

    assert Battle.objects.count() == 1


def test_without_javascript_a_vote_leads_to_the_next_battle(client):
    study = make_study()
    battle = start(client, study)
    response = vote(client, battle)

    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert Battle.objects.count() == 2
    assert "Vote 1 recorded" in page
    assert Vote.objects.get().receipt in page


def test_with_htmx_the_next_battle_is_in_the_same_answer(client):
    study = make_study()
    response = vote(client, start(client, study), htmx=True)
    page = response.content.decode()

    assert response.status_code == 200
    assert "<html" not in page
    assert Battle.objects.order_by("-pk").first().token in page
    assert "Vote 1 recorded" in page


@pytest.mark.parametrize("outcome", ["left", "tie", "both_bad", "right"])
def test_each_outcome_is_recorded_as_it_is(client, outcome):
    vote(client, start(client, make_study()), outcome)

    assert Vote.objects.get().outcome == outcome


def test_a_double_click_is_one_vote_and_one_next_battle(client):
    battle = start(client, make_study())
    pages = [vote(client, battle, htmx=True).content.decode() for _ in range(2)]
    receipt = Vote.objects.get().receipt

    assert Battle.objects.count() == 2
    assert all(receipt in page for page in pages)


def test_another_browser_may_not_vote(client):
    study = make_study()
    battle = start(client, study)
    stranger = Client()
    agree(stranger, study)

    for browser in (stranger, Client()):
        assert vote(browser, battle).status_code == 403
    assert not Vote.objects.exists()


def test_an_unknown_battle_is_refused(client):
    agree(client, make_study())

    assert client.post(reverse("vote", args=["nowhere"]), {"outcome": "left"}).status_code == 404


def test_an_expired_battle_whose_place_is_gone_is_refused_with_the_reason(client, time_machine):
    study = make_study(lease_minutes=1, sampling="designed", votes_per_item=1, names=("a", "b"), prompts=1)
    battle = start(client, study)
    time_machine(minutes=2)
    start(Client(), study)
    response = vote(client, battle)

    assert response.status_code == 410
    assert "expired" in response.content.decode()
    assert not Vote.objects.exists()


@pytest.mark.parametrize("sampling", ["adaptive", "designed"])
def test_a_vote_that_was_kept_offline_counts_after_the_lease(client, time_machine, sampling):
    battle = start(client, make_study(lease_minutes=1, sampling=sampling, votes_per_item=1))
    time_machine(minutes=2)
    response = vote(client, battle, htmx=True, shown="nothing")

    assert response["X-Vote-Receipt"] == Vote.objects.get().receipt
    assert Vote.objects.get().battle == battle


def test_what_is_held_ready_comes_as_it_is(client):
    battle = start(client, make_study())
    client.get(reverse("next-battle", args=[battle.token]))
    shown = Battle.objects.order_by("-pk").first()
    page = vote(client, battle, htmx=True, shown=shown.token).content.decode()

    assert "<template data-held>" in page
    assert re.search(r'<form class="battle"', page.split("data-held")[1])
    assert "&lt;form" not in page


def test_an_expired_battle_is_replaced(client, time_machine):
    study = make_study(lease_minutes=1)
    start(client, study)
    time_machine(minutes=2)
    client.get(reverse("rate", args=[study.slug]))

    assert Battle.objects.count() == 2


@pytest.mark.parametrize("outcome", ["", "maybe", "LEFT"])
def test_an_unknown_outcome_is_refused(client, outcome):
    response = vote(client, start(client, make_study()), outcome)

    assert response.status_code == 400
    assert not Vote.objects.exists()


def test_an_error_for_htmx_is_a_fragment(client):
    response = vote(client, start(client, make_study()), "maybe", htmx=True)

    assert response.status_code == 400
    assert "<html" not in response.content.decode()


def test_skip_leads_on_and_counts_nothing(client):
    battle = start(client, make_study())
    response = post(client, "skip", battle, htmx=True)

    assert Skip.objects.get().battle == battle
    assert not Vote.objects.exists()
    assert Battle.objects.order_by("-pk").first().token in response.content.decode()


def test_undo_brings_the_same_battle_back(client):
    study = make_study()
    battle = start(client, study)
    vote(client, battle, htmx=True)
    page = post(client, "undo", battle, htmx=True).content.decode()

    assert 'name="revision" value="1"' in page
    assert reverse("vote", args=[battle.token]) in page
    post(client, "vote", battle, outcome="right", revision=1)
    assert seal_all(now=timezone.now() + timedelta(minutes=1)) == 1
    assert [v.outcome for v in Vote.objects.order_by("revision")] == ["left", "right"]


def test_a_back_button_after_undo_asks_again_and_changes_nothing(client):
    battle = start(client, make_study())
    vote(client, battle)
    post(client, "undo", battle)
    page = vote(client, battle, "right", htmx=True).content.decode()

    assert 'name="revision" value="1"' in page
    assert Vote.objects.count() == 1


class TestReveal:
    @pytest.fixture
    def study(self):
        return make_study(reveal="after_vote")

    def test_a_vote_is_recorded_without_names(self, client, study):
        battle = start(client, study)
        page = vote(client, battle, htmx=True).content.decode()

        assert "Your vote is recorded" in page
        assert Vote.objects.get().receipt in page
        assert battle.left.model.name not in page
        assert reverse("undo", args=[battle.token]) in page

    def test_names_come_on_request_and_end_undo(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        page = post(client, "reveal", battle, htmx=True).content.decode()

        assert battle.left.model.name in page
        assert battle.right.model.name in page
        assert reverse("undo", args=[battle.token]) not in page
        refused = post(client, "undo", battle)
        assert refused.status_code == 409
        assert "names" in refused.content.decode()
        assert VoteEnding.objects.get().ending == "revealed"

    def test_no_other_vote_after_the_names(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        post(client, "reveal", battle)

        assert post(client, "vote", battle, outcome="right", revision=1).status_code == 409
        assert Vote.objects.get().outcome == "left"

    def test_no_names_before_the_vote(self, client, study):
        battle = start(client, study)

        assert post(client, "reveal", battle).status_code >= 400
        assert not VoteEnding.objects.exists()

    def test_without_javascript_the_same_pages(self, client, study):
        battle = start(client, study)
        page = client.post(
            reverse("vote", args=[battle.token]), {"outcome": "left", "revision": 0}, follow=True
        ).content.decode()
        assert "Your vote is recorded" in page
        page = client.post(reverse("reveal", args=[battle.token]), follow=True).content.decode()
        assert battle.left.model.name in page

    def test_the_window_closes(self, client, study, time_machine):
        battle = start(client, study)
        vote(client, battle)
        time_machine(seconds=11)

        assert (
            reverse("undo", args=[battle.token])
            not in client.get(reverse("battle", args=[battle.token])).content.decode()
        )
        assert post(client, "undo", battle).status_code == 409


def test_a_study_that_hides_names_never_shows_them(client):
    battle = start(client, make_study(reveal="at_close"))
    vote(client, battle)

    assert post(client, "reveal", battle).status_code == 409
    assert battle.left.model.name not in client.get(reverse("battle", args=[battle.token])).content.decode()


def test_a_session_ends_with_thanks(client):
    study = make_study(session_length=2)
    start(client, study)
    for _ in range(2):
        page = vote(client, Battle.objects.order_by("-pk").first(), htmx=True).content.decode()

    assert "You have rated all 2" in page
    assert Battle.objects.count() == 2


def test_everything_seen_is_an_end_too(client):
    study = make_study(names=("alpha", "beta"), prompts=1)
    page = vote(client, start(client, study), htmx=True).content.decode()

    assert "You have rated 1 comparison" in page


@pytest.mark.parametrize("reveal", ["at_close", "after_vote"])
@pytest.mark.parametrize("columns", ["fresh", "stale"])
def test_vote_and_next_battle_take_six_queries_at_most(
    client, reveal, columns, monkeypatch, django_assert_max_num_queries
):
    study = make_study(reveal=reveal)
    battle = start(client, study)
    if columns == "stale":
        # As if no worker had looked at the ledger for a long time: this request does it.
        monkeypatch.setattr(study_plans, "COUNTS_LIVE_SECONDS", -1.0)
        monkeypatch.setattr(study_plans, "COLUMNS_LIVE_SECONDS", -1.0)

    with django_assert_max_num_queries(6):
        vote(client, battle, htmx=True)


def blind(page):
    """The page without what is drawn anew for each battle."""
    return re.sub(r"[A-Za-z0-9_-]{22}|value=\"[A-Za-z0-9]{64}\"", "*", page)


def test_with_models_swapped_the_page_is_the_same_byte_for_byte(client):
    study = make_study()
    battle = start(client, study)
    before = client.get(reverse("rate", args=[study.slug]))
    swapped = Response.objects.filter(pk__in=[battle.left_id, battle.right_id])
    names = {response.model.name for response in swapped}
    for response in swapped:
        response.model.name = f"other {response.model.name}"
        response.model.slug = f"other-{response.model.slug}"
        response.model.save()
    after = client.get(reverse("rate", args=[study.slug]))

    assert names
    assert blind(before.content.decode()) == blind(after.content.decode())
    assert before.headers.keys() == after.headers.keys()
    assert len(before.content) == len(after.content)


def test_only_the_answers_of_the_study_are_offered_and_taken(client):
    battle = start(client, make_study(outcomes=["left", "tie", "right"]))
    page = client.get(reverse("battle", args=[battle.token])).content.decode()

    assert re.findall(r'name="outcome" value="(\w+)"', page) == ["left", "tie", "right"]
    assert re.findall(r'data-code="Digit(\d)"', page) == ["1", "2", "3"]
    assert vote(client, battle, "both_bad").status_code == 400
    assert not Vote.objects.exists()
    assert vote(client, battle, "tie").status_code == 302


def test_the_studys_question_is_asked(client):
    start(client, study := make_study(question="Which answer is kinder?"))
    page = client.get(reverse("rate", args=[study.slug])).content.decode()

    assert "Which answer is kinder?" in page
    assert "Which response is better?" not in page


@pytest.mark.parametrize(("sent", "kept"), [("language", "language"), ("", ""), ("because", "")])
def test_a_skip_may_have_a_reason(client, sent, kept):
    battle = start(client, make_study())
    assert 'name="skip_reason"' in client.get(reverse("battle", args=[battle.token])).content.decode()
    post(client, "skip", battle, skip_reason=sent)

    assert Skip.objects.get().reason == kept


def test_a_paused_study_says_so(client):
    study = make_study()
    battle = start(client, study)
    study.paused_at = timezone.now()
    study.save(update_fields=["paused_at"])
    for response in (vote(client, battle), client.get(reverse("rate", args=[study.slug]))):
        assert response.status_code == 409
        assert "paused" in response.content.decode()


def start_pilot(study):
    study.state = "pilot"
    study.piloted_at = timezone.now()
    study.save()


def test_a_pilots_battles_count_for_nothing_once_the_study_is_open(client):
    study = make_study(opened=False, names=("alpha", "beta"), prompts=2, session_length=2)
    start_pilot(study)
    first = start(client, study)
    assert "This is a pilot." in client.get(reverse("rate", args=[study.slug])).content.decode()
    vote(client, first)
    client.get(reverse("rate", args=[study.slug]))
    waiting = Battle.objects.order_by("-pk").first()
    open_study(study=study, now=timezone.now())
    late = vote(client, waiting)
    agree(client, study)
    page = client.get(reverse("rate", args=[study.slug])).content.decode()

    assert late.status_code == 410
    assert "pilot" in late.content.decode()
    assert "1 of 2" in page
    assert "This is a pilot." not in page
    assert list(Battle.objects.order_by("number").values_list("number", "pilot")) == [
        (1, True),
        (2, True),
        (3, False),
    ]
    vote(client, Battle.objects.get(number=3))
    assert seal_all(now=timezone.now() + timedelta(minutes=1)) == 1


def test_what_measures_the_rater_looks_like_any_other(client):
    study = make_study()
    battle = start(client, study)
    first = Battle.objects.create(
        study=study,
        rater=battle.rater,
        number=99,
        token="x" * 22,
        prompt=battle.prompt,
        left=battle.right,
        right=battle.left,
        created_at=battle.created_at,
        expires_at=battle.expires_at,
    )
    pages = []
    for values in (
        {"kind": "normal"},
        {"kind": "check", "expected": "left"},
        {"kind": "repeat", "expected": "", "repeats": first, "probability": None},
    ):
        Battle.objects.filter(pk=battle.pk).update(**values)
        pages.append(blind(client.get(reverse("battle", args=[battle.token])).content.decode()))

    assert len(set(pages)) == 1


def test_in_a_designed_study_a_round_trip_takes_six_queries_at_most(client, django_assert_max_num_queries):
    study = make_study(sampling="designed", votes_per_item=2, repeat_rate=0.2)
    battle = start(client, study)
    with django_assert_max_num_queries(6):
        vote(client, battle, htmx=True)

    assert Battle.objects.count() == 2


def test_reasons_of_the_study_are_offered_for_each_side(client):
    start(client, study := make_study(reason_tags=["clear", "<wrong>"]))
    page = client.get(reverse("rate", args=[study.slug])).content.decode()

    assert re.findall(r'name="reasons_(\w+)" value="([^"]+)"', page) == [
        ("left", "clear"),
        ("left", "&lt;wrong&gt;"),
        ("right", "clear"),
        ("right", "&lt;wrong&gt;"),
    ]
    assert "Reasons (optional)" in page
    assert "checked" not in page.split('class="reasons"')[1]


def test_a_study_without_reasons_asks_for_a_comment_only(client):
    start(client, study := make_study())
    page = client.get(reverse("rate", args=[study.slug])).content.decode()

    assert "Reasons" not in page
    assert "reasons_left" not in page
    assert 'name="comment"' in page
    assert 'maxlength="1000"' in page


def test_reasons_comment_and_time_go_into_the_vote(client):
    battle = start(client, make_study(reason_tags=["clear", "wrong"]))
    remarks = {
        "reasons_left": ["clear", "rude"],
        "reasons_right": ["wrong"],
        "comment": "B\x00 adds\r\nbadly. ",
    }
    vote(client, battle, **remarks, active_ms="4200", htmx=True)

    cast = Vote.objects.get()
    assert cast.reasons == {"left": ["clear"], "right": ["wrong"]}
    assert cast.comment == "B adds\nbadly."
    assert cast.active_ms == 4200


@pytest.mark.parametrize("said", ["", "soon", "-1", "1.5", "1e3", "3600001", "9" * 400, "²", "\x00"])
def test_a_time_that_makes_no_sense_is_unknown_and_the_vote_counts(client, said):
    vote(client, start(client, make_study()), active_ms=said)

    assert Vote.objects.get().active_ms is None


def test_what_was_said_is_still_there_after_undo(client):
    battle = start(client, make_study(reason_tags=["clear", "wrong"]))
    vote(client, battle, reasons_right=["wrong"], comment="B adds <badly>.")
    page = post(client, "undo", battle, htmx=True).content.decode()

    assert re.findall(r'name="reasons_(\w+)" value="(\w+)" checked', page) == [("right", "wrong")]
    assert "B adds &lt;badly&gt;.</textarea>" in page
    assert re.search(r'<details class="reasons" id="reasons" open>', page)


@pytest.mark.parametrize("sampling", ["adaptive", "designed"])
def test_with_reasons_a_round_trip_takes_six_queries_at_most(client, sampling, django_assert_max_num_queries):
    battle = start(client, make_study(sampling=sampling, votes_per_item=2, reason_tags=["clear"]))
    with django_assert_max_num_queries(6):
        vote(client, battle, reasons_left=["clear"], comment="Good.", active_ms="10", htmx=True)

    assert Vote.objects.get().reasons == {"left": ["clear"], "right": []}


@pytest.mark.parametrize("is_pilot", [True, False])
def test_the_end_of_a_pilot_promises_no_ranking(client, is_pilot):
    study = make_study(opened=not is_pilot, names=("alpha", "beta"), prompts=1)
    if is_pilot:
        start_pilot(study)
    page = vote(client, start(client, study), htmx=True).content.decode()

    assert "You have rated 1 comparison" in page
    assert ("its votes count in no result" in page) == is_pilot
    assert ("Your votes enter the ranking" in page) != is_pilot
    assert (reverse("leaderboard", args=[study.slug]) in page) != is_pilot
