"""People who rate through a program: the pages' battles, votes and receipts, and no name before its time."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.errors import AccessError
from evaluations.headless import fetch_rater, register_rater
from evaluations.ledger import seal_all
from evaluations.models import (
    AuditEvent,
    Battle,
    Consent,
    LanguageModel,
    Membership,
    Rater,
    RaterIdentity,
    Skip,
    Study,
    Vote,
    Withdrawal,
)
from evaluations.studies.drafts import write_text
from evaluations.studies.questions import commit_questions
from tests.factories import NOW, make_battle, make_study

pytestmark = pytest.mark.django_db

WHO = {"id": "kiosk-7", "agreed": True, "may_publish": True}
LEFT = {"revision": 0, "outcome": "left"}


@pytest.fixture
def study():
    return make_study(reason_tags=["+Correct", "clear"], undo_seconds=30)


@pytest.fixture
def editor(program, study):
    return program("editor", study)


def register(one, study, status=201, **changes):
    return one.expect(status, "POST", "api-headless-raters", study.slug, sent={**WHO, **changes})


def ask_next(one, study, status=200, **sent):
    return one.expect(status, "POST", "api-next-battle", study.slug, "kiosk-7", sent=sent)


def begin(one, study):
    register(one, study)
    return ask_next(one, study)["battle"]


def vote(one, battle, status=201, **changes):
    return one.expect(status, "POST", "api-vote", battle["token"], sent={**LEFT, **changes})


class TestRaters:
    def test_the_same_id_is_the_same_rater(self, editor, study):
        first = register(editor, study)
        again = register(editor, study, status=200)
        assert first == again
        assert first["id"] == "kiosk-7"
        assert first["consent"]["may_publish"] is True
        rater = Rater.objects.get()
        assert (rater.kind, rater.run_by) == (Rater.Kind.HEADLESS, editor.user)
        assert AuditEvent.objects.filter(kind="headless_rater_made", user=editor.user).count() == 1
        assert "kiosk" not in str(AuditEvent.objects.get(kind="headless_rater_made").details)

    def test_another_account_and_another_study_have_raters_of_their_own(self, program, editor, study):
        register(editor, study)
        register(program("owner", study), study)
        other = make_study()
        Membership.objects.create(study=other, user=editor.user, role="editor", created_at=NOW)
        register(editor, other)
        assert Rater.objects.count() == 3

    def test_nobody_rates_without_having_agreed(self, editor, study):
        for sent in ({"id": "kiosk-7"}, {**WHO, "agreed": False}):
            problem = editor.expect(422, "POST", "api-headless-raters", study.slug, sent=sent)
            assert "agreed" in problem["errors"]
        assert not Rater.objects.exists()

    def test_new_terms_are_agreed_to_anew(self, editor):
        study = make_study(opened=False)
        from_pilot = Membership.objects.create(study=study, user=editor.user, role="owner", created_at=NOW)
        assert from_pilot
        editor.expect(200, "POST", "api-study-pilot", study.slug)
        begin(editor, study)
        write_text(study=study, kind="consent", text="New terms.", now=NOW)
        refused = ask_next(editor, study, status=403)
        assert "register the rater again" in refused["detail"]
        assert editor.get("api-headless-rater", study.slug, "kiosk-7")["consent"] is None
        register(editor, study, status=200)
        assert ask_next(editor, study)["battle"]
        assert Consent.objects.count() == 2

    @pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "é", "x" * 81, ".hidden"])
    def test_id_is_a_part_of_an_address(self, editor, study, name):
        register(editor, study, status=422, id=name)

    def test_by_access_of_the_study(self, editor):
        for access, status in (("invitation", 201), ("panel", 403)):
            study = make_study(access=access)
            Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
            register(editor, study, status=status)

    def test_a_panel_s_study_is_refused_in_words(self, editor):
        study = make_study(access=Study.Access.PANEL)
        with pytest.raises(AccessError, match="members of a panel"):
            register_rater(study=study, external_id="x", may_publish=False, user=editor.user, now=NOW)

    def test_study_must_take_votes(self, editor, study):
        register(editor, study)
        Study.objects.filter(pk=study.pk).update(paused_at=NOW)
        assert "paused" in ask_next(editor, study, status=409)["detail"]
        register(editor, study, status=409, id="kiosk-8")

    def test_withdrawal_forgets_the_id(self, editor, study):
        battle = begin(editor, study)
        vote(editor, battle)
        editor.expect(204, "DELETE", "api-headless-rater", study.slug, "kiosk-7")
        assert not RaterIdentity.objects.exists()
        assert Withdrawal.objects.get().study == study
        editor.expect(404, "GET", "api-headless-rater", study.slug, "kiosk-7")
        editor.expect(404, "POST", "api-next-battle", study.slug, "kiosk-7", sent={})

    def test_no_reminder_is_waited_for_before_a_flag(self, editor, study, settings):
        register(editor, study)
        found = fetch_rater(study=study, external_id="kiosk-7", user=editor.user).rater
        for _ in range(2):
            battle = make_battle(study=study, rater=found, pilot=True)
            vote(editor, {"token": battle.token}, status=410)
        battle = make_battle(study=study, rater=found, now=timezone.now())
        vote(editor, {"token": battle.token})
        seal_all(now=timezone.now() + timedelta(days=1))
        assert editor.get("api-raters", study.slug)["results"][0]["reminded"] is None


class TestBattles:
    def test_battle_has_all_to_vote_with(self, editor, study):
        shown = begin(editor, study)
        row = Battle.objects.get(token=shown["token"])
        assert shown["left"]["text"] == row.left.text
        assert shown["right"]["text"] == row.right.text
        assert "<strong>" in shown["left"]["html"]
        assert shown["prompt"] == row.prompt.messages
        assert (shown["revision"], shown["place"], shown["outcomes"]) == (0, 1, study.outcomes)
        assert set(shown) == {
            *("token", "study", "place", "revision", "expires_at", "question", "outcomes"),
            *("reason_tags", "language", "prompt", "left", "right"),
        }

    def test_it_waits_until_its_vote(self, editor, study):
        shown = begin(editor, study)
        assert ask_next(editor, study)["battle"] == shown
        held = ask_next(editor, study, after=shown["token"])["battle"]
        assert held["token"] != shown["token"]
        assert ask_next(editor, study, after=held["token"])["battle"] is None
        vote(editor, shown)
        assert ask_next(editor, study)["battle"]["token"] == held["token"]

    def test_the_session_ends(self, editor):
        study = make_study(session_length=2)
        Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
        vote(editor, begin(editor, study))
        vote(editor, ask_next(editor, study)["battle"])
        assert ask_next(editor, study) == {
            "battle": None,
            "session": {"votes": 2, "length": 2, "is_full": True},
        }

    def test_questions_come_first(self, editor):
        questions = [{"question": "What counts?", "choices": ["Help", "Length"], "correct": 0}]
        study = make_study(comprehension=commit_questions(questions=questions, before={}))
        Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
        register(editor, study)
        assert "questions" in ask_next(editor, study, status=409)["detail"]
        place = ("api-questions", study.slug, "kiosk-7")
        asked = editor.get(*place)["questions"]
        right = asked[0]["choices"].index("Help")
        for chosen in ([], [2], [0, 0]):
            editor.expect(422, "POST", *place, sent={"attempt": 1, "chosen": chosen})
        wrong = editor.expect(200, "POST", *place, sent={"attempt": 1, "chosen": [1 - right]})
        assert (wrong["passed"], wrong["attempts"]) == (False, 1)
        again = editor.expect(200, "POST", *place, sent={"attempt": 1, "chosen": [right]})
        assert again["passed"] is False
        assert editor.expect(200, "POST", *place, sent={"attempt": 2, "chosen": [right]})["passed"] is True
        assert ask_next(editor, study)["battle"]

    def test_only_who_registered_the_rater_may_see_and_vote(self, program, editor, study):
        shown = begin(editor, study)
        for other in (program("owner", study), program("superuser")):
            other.expect(404, "GET", "api-battle", shown["token"])
            vote(other, shown, status=404)
        visitor = make_battle(study=study)
        editor.expect(404, "GET", "api-battle", visitor.token)
        assert not Vote.objects.exists()

    def test_who_no_longer_works_on_the_study_does_not_vote(self, editor, study):
        shown = begin(editor, study)
        Membership.objects.filter(user=editor.user).update(role="viewer")
        vote(editor, shown, status=403)
        Membership.objects.filter(user=editor.user).delete()
        vote(editor, shown, status=404)

    def test_skip_with_a_reason(self, editor, study):
        shown = begin(editor, study)
        for _ in range(2):
            editor.expect(204, "POST", "api-skip", shown["token"], sent={"reason": "broken"})
        editor.expect(422, "POST", "api-skip", shown["token"], sent={"reason": "bored"})
        assert Skip.objects.get().reason == "broken"
        assert editor.get("api-battle", shown["token"])["skipped"] is True
        vote(editor, shown, status=409)


class TestVotes:
    def test_the_same_vote_again_is_the_same_receipt(self, editor, study):
        shown = begin(editor, study)
        said = {"reasons": {"left": ["+Correct"]}, "comment": "Clear.", "active_ms": 1500}
        first = vote(editor, shown, **said)
        assert vote(editor, shown, status=200, **said) == first
        kept = Vote.objects.get()
        assert (kept.receipt, kept.comment, kept.active_ms) == (first["receipt"], "Clear.", 1500)
        assert kept.reasons == {"left": ["+Correct"], "right": []}
        assert editor.get("api-battle", shown["token"])["vote"] == first

    def test_another_answer_at_the_same_revision_is_refused_and_told_what_stands(self, editor, study):
        shown = begin(editor, study)
        receipt = vote(editor, shown)["receipt"]
        problem = vote(editor, shown, status=409, outcome="right")
        assert "left" in problem["detail"]
        assert receipt in problem["detail"]
        assert Vote.objects.get().outcome == "left"

    def test_undo_is_a_new_revision(self, editor, study):
        shown = begin(editor, study)
        vote(editor, shown)
        for _ in range(2):
            assert editor.expect(200, "POST", "api-undo", shown["token"]) == {"revision": 1}
        assert vote(editor, shown, status=200)["undone"] is True
        assert ask_next(editor, study)["battle"]["revision"] == 1
        assert vote(editor, shown, revision=1, outcome="tie")["outcome"] == "tie"
        assert Vote.objects.count() == 2

    def test_a_revision_that_is_not_next_is_refused(self, editor, study):
        vote(editor, begin(editor, study), status=409, revision=1)
        assert not Vote.objects.exists()

    def test_undo_without_a_vote_or_too_late(self, editor, study, time_machine):
        shown = begin(editor, study)
        editor.expect(409, "POST", "api-undo", shown["token"])
        vote(editor, shown)
        time_machine(seconds=31)
        assert "passed" in editor.expect(409, "POST", "api-undo", shown["token"])["detail"]

    @pytest.mark.parametrize(
        "sent",
        [
            {"outcome": "neither"},
            {"revision": -1},
            {"revision": 10_000},
            {"reasons": {"left": ["Nice"]}},
            {"comment": "x" * 1001},
            {"active_ms": -1},
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_recorded(self, editor, study, sent):
        problem = vote(editor, begin(editor, study), status=422, **sent)
        assert next(iter(problem["errors"])).startswith(next(iter(sent)))
        assert not Vote.objects.exists()

    def test_an_answer_that_the_study_does_not_offer(self, editor):
        study = make_study(outcomes=["left", "right"])
        Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
        vote(editor, begin(editor, study), status=400, outcome="tie")

    def test_they_reach_the_ledger_like_any_other(self, editor, study):
        vote(editor, begin(editor, study))
        seal_all(now=timezone.now() + timedelta(minutes=5))
        assert Vote.objects.get().ledger_entry.position == 1


class TestNames:
    def test_names_after_the_vote_where_the_study_says_so(self, editor):
        study = make_study(reveal="after_vote")
        Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
        shown = begin(editor, study)
        editor.expect(409, "POST", "api-reveal", shown["token"])
        vote(editor, shown)
        told = editor.expect(200, "POST", "api-reveal", shown["token"])
        row = Battle.objects.get(token=shown["token"])
        assert told["left"]["model"] == row.left.model.slug
        assert told["right"]["name"] == row.right.model.name
        editor.expect(409, "POST", "api-undo", shown["token"])

    def test_names_not_before_the_close_where_it_says_that(self, editor, study):
        shown = begin(editor, study)
        vote(editor, shown)
        problem = editor.expect(409, "POST", "api-reveal", shown["token"])
        assert "closed" in problem["detail"]

    def test_with_the_two_models_exchanged_every_byte_stays(self, editor):
        study = make_study(reveal="after_vote", reason_tags=["clear"])
        Membership.objects.create(study=study, user=editor.user, role="editor", created_at=NOW)
        shown = begin(editor, study)
        row = Battle.objects.get(token=shown["token"])
        vote(editor, shown)
        answers = []
        for words in (("x", "an-uncommonly-long-slug"), ("an-uncommonly-long-slug", "x")):
            describe_models(row, words)
            answers.append(
                [
                    editor.ask("GET", "api-battle", shown["token"]),
                    editor.ask("POST", "api-next-battle", study.slug, "kiosk-7", sent={}),
                    editor.ask("POST", "api-vote", shown["token"], sent=LEFT),
                    editor.ask("GET", "api-headless-rater", study.slug, "kiosk-7"),
                ]
            )
        for one, other in zip(*answers, strict=True):
            assert one.status_code == other.status_code == 200
            assert one.content == other.content
            assert list_headers(one) == list_headers(other)
            assert "uncommonly" not in one.content.decode()

    def test_repeats_and_checks_look_like_any_battle(self, editor, study):
        register(editor, study)
        rater = fetch_rater(study=study, external_id="kiosk-7", user=editor.user).rater
        now = timezone.now()
        first = make_battle(study=study, rater=rater, now=now)
        kinds = [
            first,
            make_battle(study=study, rater=rater, kind="repeat", repeats=first, now=now),
            make_battle(study=study, rater=rater, kind="check", expected="left", now=now),
        ]
        told = []
        for battle in kinds:
            said = editor.get("api-battle", battle.token)
            said["battle"] = {k: v for k, v in said["battle"].items() if k not in {"token", "place"}}
            told.append(json.dumps(said))
        assert told[0] == told[1] == told[2]


def list_headers(response):
    """Without what counts requests and time."""
    return {name: value for name, value in response.headers.items() if not name.startswith("RateLimit")}


def describe_models(battle, words):
    ids = [battle.left.model_id, battle.right.model_id]
    for pk in ids:
        LanguageModel.objects.filter(pk=pk).update(name=f"passing {pk}", slug=f"passing-{pk}")
    for pk, word in zip(ids, words, strict=True):
        LanguageModel.objects.filter(pk=pk).update(name=word, slug=word, maker=word, licence=word)
