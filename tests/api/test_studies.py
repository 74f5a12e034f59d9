"""Studies by a program: what a draft takes, what is refused, what the pages would say of the same."""

import pytest
from django.urls import reverse

from evaluations.api.serializers.briefings import PracticeSerializer
from evaluations.api.serializers.claims import AssumptionSerializer, ClaimSerializer, PowerQuerySerializer
from evaluations.api.serializers.studies import ChangesSerializer, LimitsSerializer, StoppingSerializer
from evaluations.models import LedgerEntry, Study
from evaluations.studies import close_study
from evaluations.web import amendments, briefing_forms, power, stopping_forms, study_forms
from tests.factories import NOW, make_models, make_prompt_set, make_study

pytestmark = pytest.mark.django_db


PRACTICE = {"prompt": "Kind?", "left": "Yes.", "right": "No.", "better": "right", "explanation": "It is not."}
QUESTION = {"question": "What counts?", "choices": ["Length", "Kindness"], "correct": 1}


def list_ranges(fields):
    """Least and most of each field, in the unit in which the field keeps it."""
    found = {}
    for name, field in fields.items():
        scale = 100 if type(field).__name__ == "PercentField" else 1
        least, most = getattr(field, "min_value", None), getattr(field, "max_value", None)
        length = getattr(field, "max_length", None)
        found[name] = (
            None if least is None else least / scale,
            None if most is None else most / scale,
            length,
        )
    return found


FORMS = [
    (study_forms.QuestionForm, ChangesSerializer, {"title", "question", "description"}),
    (study_forms.RatersForm, ChangesSerializer, {"session_length", "undo_seconds"}),
    (briefing_forms.TextsForm, ChangesSerializer, {"instructions", "consent"}),
    (study_forms.ChecksForm, ChangesSerializer, {"repeat_rate", "check_rate"}),
    (study_forms.SamplingForm, ChangesSerializer, {"votes_per_item"}),
    (study_forms.LimitFields, LimitsSerializer, set(LimitsSerializer().fields)),
    (stopping_forms.EndFields, ChangesSerializer, {"target_votes", "minimum_votes"}),
    (stopping_forms.EndFields, StoppingSerializer, {"half_width"}),
    (stopping_forms.ClaimForm, ClaimSerializer, {"margin", "alpha"}),
    (power.AssumptionForm, AssumptionSerializer, {"lead", "pay"}),
    (power.PowerForm, PowerQuerySerializer, {"models", "session_length", "margin", "half_width"}),
    (amendments.AmendmentForm, ChangesSerializer, {"session_length"}),
]


@pytest.mark.parametrize(("form", "serializer", "names"), FORMS)
def test_pages_and_api_take_the_same_values(form, serializer, names):
    forms, fields = list_ranges(form.base_fields), list_ranges(serializer().fields)
    assert {name: fields[name] for name in names} == {name: forms[name] for name in names}


def test_pages_and_api_take_the_same_practice():
    forms, fields = (
        list_ranges(briefing_forms.BriefingFields.base_fields),
        list_ranges(PracticeSerializer().fields),
    )
    assert fields == {name: forms[f"practice_{name}"] for name in fields}


def test_draft_has_every_model_that_answered_and_an_owner(program):
    make_prompt_set(models=make_models("alpha", "beta"), slug="letters")
    one = program()
    made = one.expect(
        201, "POST", "api-studies", sent={"slug": "new-one", "title": "New", "prompt_set": "letters"}
    )
    assert [entry["model"] for entry in made["models"]] == ["alpha", "beta"]
    assert made["stopping"] == {"votes": True, "ends_on": None, "half_width": None}
    assert [row["slug"] for row in one.get("api-studies")["results"]] == ["new-one"]
    assert program().get("api-studies")["results"] == []


@pytest.mark.parametrize("slug", ["taken", "new", "a b", ""])
def test_short_name_is_free_and_an_address(program, slug):
    make_study(slug="taken")
    given = {"slug": slug, "title": "T", "prompt_set": Study.objects.get().prompt_set.slug}
    assert set(program().expect(422, "POST", "api-studies", sent=given)["errors"]) == {"slug"}


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"models": ["alpha"]}, "models"),
        ({"models": ["alpha", "alpha"]}, "models"),
        ({"models": ["alpha", "stranger"]}, "models"),
        ({"models": ["alpha", "nobody"]}, "models"),
        ({"sampling": "designed"}, "votes_per_item"),
        ({"outcomes": ["maybe"]}, "outcomes.0"),
        ({"reason_tags": ["x" * 41]}, "reason_tags.0"),
        ({"reason_tags": ["clear", "Clear"]}, "reason_tags"),
        ({"reason_tags": ["+"]}, "reason_tags"),
        ({"reason_tags": [str(number) for number in range(13)]}, "reason_tags"),
        ({"shows_others": True}, "shows_others"),
        ({"withdrawal": "sell"}, "withdrawal"),
        ({"practice": {"prompt": "Kind?"}}, "practice"),
        ({"practice": {**PRACTICE, "better": "tie"}}, "practice.better"),
        ({"comprehension": {}}, "comprehension.questions"),
        ({"comprehension": {"questions": [QUESTION] * 11}}, "comprehension.questions"),
        ({"comprehension": {"questions": [{**QUESTION, "choices": ["a"]}]}}, "comprehension.questions"),
        ({"comprehension": {"questions": [{**QUESTION, "choices": ["a", " a"]}]}}, "comprehension.questions"),
        ({"comprehension": {"questions": [{**QUESTION, "correct": 2}]}}, "comprehension.questions"),
        ({"repeat_rate": 0.6}, "repeat_rate"),
        ({"stopping": {"ends_on": "soon"}}, "stopping.ends_on"),
        ({"limits": {"one_side": 2}}, "limits.one_side"),
        ({"title": ""}, "title"),
    ],
)
def test_settings_that_are_wrong_change_nothing(program, sent, place):
    study = make_study(opened=False)
    make_models("stranger")
    problem = program("editor", study).expect(
        422, "PATCH", "api-study", study.slug, sent={"question": "Which?", **sent}
    )
    assert {name[: len(place)] for name in problem["errors"]} == {place}
    study.refresh_from_db()
    assert study.question == ""


def test_what_raters_are_promised_and_try_and_are_asked(program):
    study = make_study(opened=False)
    one = program("editor", study)
    before = one.get("api-study", study.slug)
    assert (before["practice"], before["comprehension"], before["withdrawal"]) == (None, None, "keep")
    sent = {
        "reveal": "after_vote",
        "shows_others": True,
        "withdrawal": "remove",
        "reason_tags": ["+ Kind", "−Too long"],
        "practice": PRACTICE,
        "comprehension": {"questions": [{**QUESTION, "question": " What\ncounts? "}]},
    }
    after = one.expect(200, "PATCH", "api-study", study.slug, sent=sent)
    kept = after["comprehension"]
    assert after["reason_tags"] == ["+Kind", "-Too long"]
    assert (after["shows_others"], after["withdrawal"], after["practice"]) == (True, "remove", PRACTICE)
    assert (kept["questions"], len(kept["salt"])) == ([QUESTION], 32)

    again = one.expect(
        200, "PATCH", "api-study", study.slug, sent={"comprehension": {"questions": [QUESTION]}}
    )
    assert again["comprehension"] == kept
    hidden = one.expect(422, "PATCH", "api-study", study.slug, sent={"reveal": "at_close"})
    assert set(hidden["errors"]) == {"shows_others"}
    none = {"practice": None, "comprehension": {"questions": []}}
    gone = one.expect(200, "PATCH", "api-study", study.slug, sent=none)
    assert (gone["practice"], gone["comprehension"]) == (None, None)


def test_salt_is_the_servers_own(program):
    study = make_study(opened=False)
    sent = {"comprehension": {"salt": "mine", "questions": [QUESTION]}}
    kept = program("editor", study).expect(200, "PATCH", "api-study", study.slug, sent=sent)["comprehension"]
    assert kept["salt"] != "mine"


def test_right_choices_are_for_staff_of_the_study_alone(program, client):
    question = {"question": "What counts?", "choices": ["Canary A", "Canary B"], "correct": 1}
    study = make_study(slug="letters", comprehension={"salt": "canary-salt", "questions": [question]})
    close_study(study=study, now=NOW)
    assert "Canary B" in str(program("viewer", study).get("api-study", "letters"))
    program("staff").expect(404, "GET", "api-study", "letters")
    public = ["study", "study-protocol", "leaderboard", "api-leaderboard"]
    assert not LedgerEntry.objects.filter(record__contains="anary").exists()
    for address in [
        *(reverse(name, args=["letters"]) for name in public),
        reverse("studies"),
        reverse("home"),
    ]:
        text = client.get(address).content.decode()
        assert "anary" not in text, address


def test_change_that_fails_half_way_changes_nothing(program, monkeypatch):
    study = make_study(opened=False)

    def fail(**given):
        raise Study.DoesNotExist

    monkeypatch.setattr("evaluations.studies.drafts.write_texts", fail)
    one = program("editor", study)
    one.expect(
        404, "PATCH", "api-study", study.slug, sent={"question": "Which?", "models": ["alpha", "beta"]}
    )
    study.refresh_from_db()
    assert study.question == ""
    assert study.entries.count() == 3


def test_checks_are_added_by_prompt_and_models(program):
    study = make_study(opened=False)
    one = program("editor", study)
    made = one.expect(
        201, "POST", "api-checks", study.slug, sent={"prompt": "p1", "better": "alpha", "worse": "beta"}
    )
    assert one.get("api-checks", study.slug)["results"] == [made]
    assert made["better"] == "alpha"
    problem = one.expect(
        422, "POST", "api-checks", study.slug, sent={"prompt": "p9", "better": "alpha", "worse": "beta"}
    )
    assert problem["errors"] == {"better": ["alpha has no response to prompt p9."]}
    one.expect(204, "DELETE", "api-check", study.slug, made["id"])
    assert not study.known_answers.exists()


def test_check_of_another_study_stays(program):
    other, mine = make_study(opened=False), make_study(opened=False)
    pk = (
        program("editor", other).expect(
            201, "POST", "api-checks", other.slug, sent={"prompt": "p1", "better": "alpha", "worse": "beta"}
        )
    )["id"]
    program("editor", mine).expect(204, "DELETE", "api-check", mine.slug, pk)
    assert other.known_answers.exists()


def test_life_of_a_study_goes_through_its_acts(program):
    study = make_study(opened=False)
    owner = program("owner", study)
    states = [
        owner.expect(200, "POST", f"api-study-{act}", study.slug)["state"]
        for act in ("pilot", "open", "pause", "resume", "close")
    ]
    assert states == ["pilot", "open", "open", "open", "closed"]
    assert "not open" in owner.expect(409, "POST", "api-study-close", study.slug)["detail"]


def test_amendment_keeps_what_was_not_sent_and_is_in_the_ledger(program):
    study = make_study(stopping={"votes": True, "ends_on": "2099-01-31", "half_width": None})
    owner = program("owner", study)
    sent = {"reason": "The panel is slow.", "stopping": {"half_width": 12}, "retire": ["gamma"]}
    made = owner.expect(201, "POST", "api-amendments", study.slug, sent=sent)
    study.refresh_from_db()
    assert study.stopping == {"votes": True, "ends_on": "2099-01-31", "half_width": 12}
    assert made["protocol_hash"] == study.protocol_hash
    assert LedgerEntry.objects.filter(study=study, kind="study_amended").exists()
    assert study.entries.get(model__slug="gamma").retired_at is not None
    for sent in [{"reason": "Because."}, {"target_votes": 9}, {"reason": " ", "target_votes": 9}]:
        assert owner.ask("POST", "api-amendments", study.slug, sent=sent).status_code in {409, 422}
    assert study.amendments.count() == 1


def test_amendment_of_practice_and_questions(program):
    study = make_study()
    owner = program("owner", study)
    sent = {"reason": "Raters asked.", "practice": PRACTICE, "comprehension": {"questions": [QUESTION]}}
    owner.expect(201, "POST", "api-amendments", study.slug, sent=sent)
    study.refresh_from_db()
    assert study.practice == PRACTICE
    assert study.protocol["comprehension"]["questions"] == 1
    assert owner.ask("POST", "api-amendments", study.slug, sent=sent).status_code == 409
    for name, value in (("withdrawal", "remove"), ("shows_others", True)):
        owner.ask("POST", "api-amendments", study.slug, sent={"reason": "Why not.", name: value})
        study.refresh_from_db()
        assert getattr(study, name) != value


def test_power_says_what_the_page_says(program, client):
    one = program("superuser")
    client.force_login(one.user)
    page = client.get(reverse("power"), {"models": 4, "half_width": 25, "pay": 12, "lead": 80}).context
    answer = one.get("api-power", models=4, half_width=25, pay=12, lead=80)
    [aim] = page["aims"]
    assert answer["aims"][0]["votes"] == aim.requirement.votes
    assert answer["aims"][0]["head_to_head"] == aim.requirement.head_to_head
    assert answer["half_width_votes"] == page["half_width_votes"]
    assert answer["needed"] == vars(page["needed"])


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"models": 1}, "models"),
        ({"lead": "x"}, "lead"),
        ({"power": 0.2}, "power"),
        ({"lead": 2000, "ties": 0.9}, "lead"),
        ({"kind": "equivalent"}, "margin"),
    ],
)
def test_power_of_nonsense_is_refused(program, query, place):
    assert set(program().expect(422, "GET", "api-power", query=query)["errors"]) == {place}
