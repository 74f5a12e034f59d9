"""A study made in the wizard: every step is saved, every fault said, every right asked for."""

import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from evaluations.canonical import hash_canonical
from evaluations.models import AuditEvent, Claim, KnownAnswer, Membership, Prompt, Response, Study, StudyText
from evaluations.studies import close_study, start_pilot
from evaluations.studies.drafts import edit_draft
from evaluations.studies.promises import WITHDRAWAL_PROMISES
from evaluations.templatetags.excerpts import first_words
from evaluations.web.wizard import STEPS
from tests.factories import NOW, make_models, make_prompt_set, make_study

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def prompt_set():
    return make_prompt_set(models=make_models("alpha", "beta"), slug="letters")


@pytest.fixture
def draft():
    return make_study(slug="letters", opened=False)


def sign_in(client, study=None, role="editor", name="staff"):
    user, _made = get_user_model().objects.get_or_create(username=name, is_staff=True)
    if study is not None:
        Membership.objects.update_or_create(
            study=study, user=user, defaults={"role": role, "created_at": NOW}
        )
    client.force_login(user)
    return client


def step(name, slug="letters"):
    return reverse("study-step", args=[slug, name])


def post(client, address, **data):
    return client.post(address, data, headers=ENGLISH)


def show(client, address):
    return client.get(address, headers=ENGLISH).content.decode()


def test_from_prompts_to_a_draft_that_its_maker_owns(client, prompt_set):
    sign_in(client)
    assert f'value="{prompt_set.pk}"' in show(client, reverse("study-new"))
    response = post(client, reverse("study-new"), prompt_set=prompt_set.pk, title="Letters", slug="letters")
    study = Study.objects.get()

    assert response["Location"] == step("models")
    assert (study.state, study.stopping["votes"]) == ("draft", True)
    assert study.entries.count() == 2
    assert Membership.objects.get(study=study).role == "owner"
    assert client.get(reverse("study", args=["letters"])).status_code == 404


def test_the_set_that_was_asked_for_is_chosen(client, prompt_set):
    make_prompt_set(models=[], slug="aaa")
    page = show(sign_in(client), f"{reverse('study-new')}?prompt_set={prompt_set.pk}")

    assert f'<option value="{prompt_set.pk}" selected>' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Write a title"),
        ({"slug": "not a slug"}, "Use letters"),
        ({"slug": ""}, "Write a short name"),
        ({"slug": "new"}, "taken by a page"),
        ({"slug": "taken"}, "There is a study of this name"),
        ({"prompt_set": ""}, "Choose a prompt set"),
    ],
)
def test_a_fault_is_said_at_its_field_and_makes_nothing(client, prompt_set, changes, words):
    make_study(slug="taken", opened=False)
    data = {"prompt_set": prompt_set.pk, "title": "Letters", "slug": "letters", **changes}
    response = post(sign_in(client), reverse("study-new"), **data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Study.objects.count() == 1


def test_no_prompts_is_said_with_what_to_do(client):
    page = show(sign_in(client), reverse("study-new"))

    assert "No prompts yet." in page
    assert reverse("imports-new") in page


def test_question_is_saved_and_the_address_follows(client, draft):
    data = {"prompt_set": draft.prompt_set_id, "title": "Kind letters", "slug": "kind-letters"}
    response = post(sign_in(client, draft), step("question"), **data, question="Which is kinder?")
    draft.refresh_from_db()

    assert (draft.title, draft.question) == ("Kind letters", "Which is kinder?")
    assert response["Location"] == step("models", "kind-letters")


def test_models_are_chosen_with_their_coverage(client, draft):
    Response.objects.filter(model__slug="gamma").first().delete()
    sign_in(client, draft)
    page = show(client, step("models"))
    assert "1 prompt unanswered" in page
    assert page.count(" checked>") == 3

    alpha, beta = make_models("alpha", "beta")
    post(client, step("models"), models=[alpha.pk, beta.pk])
    assert {entry.model.slug for entry in draft.entries.all()} == {"alpha", "beta"}
    refused = post(client, step("models"), models=[alpha.pk])
    assert refused.status_code == 422
    assert "Choose two models at least." in refused.content.decode()
    assert draft.entries.count() == 2


def test_votes_are_what_is_ticked(client, draft):
    data = {"both_bad": "on", "reveal": "after_vote", "session_length": "12", "undo_seconds": "5"}
    tags = "clear\n\n + Kind \n−Too long\nwrong"
    post(sign_in(client, draft), step("raters"), **data, shows_others="on", reason_tags=tags)
    draft.refresh_from_db()

    assert draft.outcomes == ["left", "both_bad", "right"]
    assert (draft.reveal, draft.session_length, draft.undo_seconds) == ("after_vote", 12, 5)
    assert draft.shows_others
    assert draft.reason_tags == ["clear", "+Kind", "-Too long", "wrong"]


VOTES = {"reveal": "at_close", "session_length": "12", "undo_seconds": "5"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason_tags": "clear\nkind\nClear"}, "“clear” is there twice."),
        ({"reason_tags": "+"}, "Write a word after each sign."),
        ({"reason_tags": "x" * 41}, "Give 12 at most"),
        ({"shows_others": "on"}, "How others voted is shown after the names"),
    ],
)
def test_votes_that_cannot_be(client, draft, changes, words):
    response = post(sign_in(client, draft), step("raters"), **{**VOTES, **changes})
    draft.refresh_from_db()

    assert response.status_code == 422
    assert words in response.content.decode()
    assert (draft.session_length, draft.reason_tags, draft.shows_others) == (40, [], False)


@pytest.mark.parametrize(("language", "word"), [("en", "+Well laid out"), ("fr", "-Trop longue")])
def test_the_usual_reasons_are_filled_in_and_not_saved(client, draft, language, word):
    sign_in(client, draft)
    data = {**VOTES, "reason_tags": "mine", "tie": "on", "usual": "1"}
    response = client.post(step("raters"), data, headers={"accept-language": language})
    draft.refresh_from_db()

    assert response.status_code == 200
    assert word in response.context["form"]["reason_tags"].value().splitlines()
    assert response.context["form"]["session_length"].value() == "12"
    assert (draft.reason_tags, draft.session_length) == ([], 40)


def test_enter_in_a_field_saves_whatever_other_buttons_there_are(client, draft):
    """Enter presses the first button of the form."""
    sign_in(client, draft)
    for name in ("raters", "texts", "briefing"):
        form = show(client, step(name)).split('class="upload-form"', 1)[1]
        first = re.search(r"<button[^>]*>", form).group()
        assert 'name="stay"' in first, name


def test_texts_are_versions_and_a_preview_is_none(client, draft):
    sign_in(client, draft)
    preview = post(client, step("texts"), instructions="Read **both**. <script>x</script>", preview="1")
    page = preview.content.decode()
    assert "<strong>both</strong>" in page
    assert "<script>x" not in page
    assert not StudyText.objects.exists()

    for text in ("I agree.", "I agree.", "I agree fully."):
        post(client, step("texts"), consent=text, withdrawal="keep")
    assert [text.version for text in StudyText.objects.order_by("version")] == [1, 2]
    assert "I agree fully." in show(client, step("texts"))


def test_what_becomes_of_votes_is_chosen_in_the_words_that_raters_read(client, draft):
    sign_in(client, draft)
    page = show(client, step("texts"))
    for promise in WITHDRAWAL_PROMISES.values():
        assert str(promise) in page
    post(client, step("texts"), consent="I agree.", withdrawal="remove")
    draft.refresh_from_db()

    assert draft.withdrawal == "remove"
    assert post(client, step("texts"), consent="I do not.", withdrawal="sell").status_code == 422
    assert [text.text for text in StudyText.objects.all()] == ["I agree."]
    review = show(client, reverse("study-settings", args=["letters"]))
    assert str(WITHDRAWAL_PROMISES["remove"]) in review


@pytest.mark.parametrize("rule", WITHDRAWAL_PROMISES)
def test_raters_read_the_promise_that_was_chosen(client, rule):
    make_study(slug="letters", withdrawal=rule)
    page = show(client, reverse("study", args=["letters"]))

    assert [name for name, promise in WITHDRAWAL_PROMISES.items() if str(promise) in page] == [rule]


PRACTICE = {
    "practice_prompt": "Is *this* kind?",
    "practice_left": "Yes. <script>x</script>",
    "practice_right": "**No.**",
    "practice_better": "right",
    "practice_explanation": "It is not.",
}
QUESTIONS = "? What counts?\n- Length\n* Kindness\n\n? And then?\n* Nothing\n- Length"


def test_practice_and_questions_are_saved(client, draft):
    sign_in(client, draft)
    assert post(client, step("briefing"), **PRACTICE, comprehension=QUESTIONS)["Location"] == step("checks")
    draft.refresh_from_db()
    salt = draft.comprehension["salt"]

    assert draft.practice == {name.removeprefix("practice_"): words for name, words in PRACTICE.items()}
    assert [question["correct"] for question in draft.comprehension["questions"]] == [1, 0]
    assert "- Length\n* Kindness" in show(client, step("briefing"))
    post(client, step("briefing"), **PRACTICE, comprehension=f"\r\n{QUESTIONS}\r\n")
    draft.refresh_from_db()
    assert draft.comprehension["salt"] == salt
    post(client, step("briefing"), **PRACTICE, comprehension="? One\n* a\n- b")
    draft.refresh_from_db()
    assert draft.comprehension["salt"] != salt
    post(client, step("briefing"), practice_better="right")
    draft.refresh_from_db()
    assert (draft.practice, draft.comprehension) == ({}, {})


@pytest.mark.parametrize("left_out", PRACTICE)
def test_a_practice_comparison_is_whole(client, draft, left_out):
    data = {name: words for name, words in PRACTICE.items() if name != left_out}
    response = post(sign_in(client, draft), step("briefing"), **data)
    draft.refresh_from_db()

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [left_out]
    assert "leave the whole example empty" in response.content.decode()
    assert draft.practice == {}


def test_faults_of_questions_are_told_by_the_lines_that_are_seen(client, draft):
    text = "\r\n\r\n? What counts?\r\n- Length\r\n- Kindness"
    response = post(sign_in(client, draft), step("briefing"), comprehension=text)
    draft.refresh_from_db()

    assert response.status_code == 422
    assert "Line 3: mark one choice as right, with *; now 0 are." in response.content.decode()
    assert text.strip() in response.content.decode().replace("&#x27;", "'")
    assert draft.comprehension == {}


def test_a_preview_of_practice_and_questions_is_rendered_and_not_saved(client, draft):
    sign_in(client, draft)
    page = post(client, step("briefing"), **PRACTICE, comprehension=QUESTIONS, preview="1").content.decode()
    preview = page.split('id="preview"')[1].split("</section>")[0]

    assert "<em>this</em>" in preview
    assert "<strong>No.</strong>" in preview
    assert "<script>x" not in page
    assert "Here, B is better" in preview
    assert re.search(r"Kindness <span[^>]*>Right choice<", preview)
    assert preview.count("Right choice<") == 2
    draft.refresh_from_db()
    assert (draft.practice, draft.comprehension) == ({}, {})
    assert "nothing to preview" in post(client, step("briefing"), preview="1").content.decode()
    half = post(client, step("briefing"), practice_left="Yes.", comprehension="? One", preview="1")
    assert half.status_code == 200


def test_shares_are_written_in_per_cent(client, draft):
    sign_in(client, draft)
    post(client, step("checks"), repeat_rate="5", check_rate="2.5")
    draft.refresh_from_db()

    assert (draft.repeat_rate, draft.check_rate) == (0.05, 0.025)
    assert 'value="2.5"' in show(client, step("checks"))
    assert post(client, step("checks"), repeat_rate="51", check_rate="0").status_code == 422


def test_checks_are_chosen_among_rendered_answers(client, draft):
    sign_in(client, draft)
    prompt = draft.prompt_set.prompts.first()
    page = show(client, f"{step('checks')}?words=p0&prompt={prompt.pk}")
    assert "Answer <strong>0</strong> to question 0." in page
    assert "Alpha" in page
    # By its words: a key alone tells people nothing.
    begins = f'>{prompt.key}</a> <span lang="en" dir="auto">Question 0?</span>'
    assert page.count(begins) == 1

    better, worse = prompt.responses.order_by("model__slug")[:2]
    for _twice in range(2):
        post(client, reverse("study-check-add", args=["letters"]), better=better.pk, worse=worse.pk)
    known = KnownAnswer.objects.get()
    assert (known.better, known.worse, known.prompt) == (better, worse, prompt)
    assert begins.replace("<span", '<span class="quiet"') in show(client, step("checks"))
    refused = post(client, reverse("study-check-add", args=["letters"]), better=worse.pk, worse=better.pk)
    assert refused.status_code == 409
    assert "other way round" in refused.content.decode()
    post(client, reverse("study-check-remove", args=["letters", known.pk]))
    assert not KnownAnswer.objects.exists()


def test_a_prompt_begins_with_what_the_user_says():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Why\n\n is " + "it so " * 40},
    ]
    words = first_words(Prompt(messages=messages))

    assert words.startswith("Why is it so it so")
    assert words.endswith("…")
    assert len(words) == 80
    assert first_words(Prompt(messages=messages[:1])) == "Be brief."


@pytest.mark.parametrize("other", ["itself", "of another prompt", "of another set"])
def test_a_check_is_of_two_answers_to_one_prompt(client, draft, other):
    prompt, second = draft.prompt_set.prompts.all()[:2]
    better = prompt.responses.first()
    foreign = make_prompt_set(models=make_models("alpha")).prompts.first()
    worse = {
        "itself": better,
        "of another prompt": second.responses.first(),
        "of another set": foreign.responses.first(),
    }
    response = post(
        sign_in(client, draft),
        reverse("study-check-add", args=["letters"]),
        better=better.pk,
        worse=worse[other].pk,
    )

    assert response.status_code in {404, 409}
    assert not KnownAnswer.objects.exists()


SAMPLING = {
    "sampling": "balanced",
    "access": "public",
    "fastest_seconds": "6",
    "one_side": "90",
    "checks": "70",
    "agreement": "40",
    "repeats": "50",
}


def test_sampling_and_limits(client, draft):
    sign_in(client, draft)
    refused = post(client, step("sampling"), **{**SAMPLING, "sampling": "designed"})
    assert "Say how many votes" in refused.content.decode()
    post(client, step("sampling"), **{**SAMPLING, "sampling": "designed", "votes_per_item": "4"})
    draft.refresh_from_db()

    assert (draft.sampling, draft.votes_per_item) == ("designed", 4)
    assert draft.limits["one_side"] == 0.9
    # Three models on three prompts: nine pairs of responses, four votes each.
    page = show(client, step("sampling"))
    assert "there are 9 pairs of responses" in page
    assert "that makes 36 votes" in page


def claim_rows(*rows, initial=0):
    data = {"claims-TOTAL_FORMS": str(len(rows)), "claims-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        data |= {f"claims-{number}-{name}": value for name, value in row.items()}
    return data


def claim(**changes):
    alpha, beta = make_models("alpha", "beta")
    given = {"kind": "superior", "model": alpha.pk, "rival": beta.pk, "margin": "0", "alpha": "5"}
    return {**given, **changes}


BLANK = {"kind": "superior", "model": "", "rival": "", "margin": "0", "alpha": "5"}
END = {"target_votes": "800", "minimum_votes": "100", "stop_at_votes": "on", "ends_on": "2026-12-01"}


def test_end_and_claims(client, draft):
    sign_in(client, draft)
    rows = claim_rows(claim(margin="10"), claim(kind="equivalent", margin="40"), BLANK)
    assert post(client, step("stopping"), **END, **rows)["Location"] == reverse(
        "study-settings", args=["letters"]
    )
    draft.refresh_from_db()

    assert draft.stopping == {"votes": True, "ends_on": "2026-12-01", "half_width": None}
    assert [(c.number, c.kind, c.margin, c.alpha) for c in draft.claims.all()] == [
        (1, "superior", 10.0, 0.05),
        (2, "equivalent", 40.0, 0.05),
    ]
    rows = claim_rows(claim(DELETE="on"), claim(kind="equivalent", margin="40"), initial=2)
    post(client, step("stopping"), **END, **rows)
    assert Claim.objects.get().kind == "equivalent"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "equivalent"}, "Give a margin above 0"),
        ({"alpha": "0"}, "Give a risk above 0"),
        ({"rival": ""}, "Fill this in"),
    ],
)
def test_claims_that_say_nothing(client, draft, changes, words):
    response = post(sign_in(client, draft), step("stopping"), **END, **claim_rows(claim(**changes)))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Claim.objects.exists()


def test_a_claim_is_about_two_models(client, draft):
    row = claim()
    response = post(
        sign_in(client, draft), step("stopping"), **END, **claim_rows({**row, "rival": row["model"]})
    )

    assert "Choose another model." in response.content.decode()


def test_what_claims_take_is_said_before_the_study_opens(client, draft):
    sign_in(client, draft)
    post(client, step("stopping"), **END, **claim_rows(claim()))
    page = show(client, f"{step('stopping')}?lead=50&ties=20&power=80&pay=15")

    assert "Alpha – Beta" in page
    assert "hours of rating" in page
    assert "Paid by the hour" in page


def test_review_says_all_and_what_is_missing(client, draft):
    edit_draft(study=draft, changes={"check_rate": 0.1, "question": "Which is kinder?"})
    page = show(sign_in(client, draft, role="owner"), reverse("study-settings", args=["letters"]))

    assert "Which is kinder?" in page
    assert "Alpha, Beta and Gamma." in page
    assert "It asks checks, and has none." in page
    assert "First add what is missing." in page
    assert reverse("study-open", args=["letters"]) not in page


def test_from_draft_to_pilot_to_open_to_close(client, draft):
    sign_in(client, draft, role="owner")
    for name, state in [
        ("pilot", "pilot"),
        ("open", "open"),
        ("pause", "open"),
        ("resume", "open"),
        ("close", "closed"),
    ]:
        page = show(client, reverse("study-settings", args=["letters"]))
        assert reverse(f"study-{name}", args=["letters"]) in page
        assert post(client, reverse(f"study-{name}", args=["letters"])).status_code == 302
        draft.refresh_from_db()
        assert draft.state == state
    assert AuditEvent.objects.filter(study=draft, user__username="staff").count() == 5


def test_refusal_says_why_and_leads_back(client, draft):
    draft.entries.exclude(model__slug="alpha").delete()
    response = post(sign_in(client, draft, role="owner"), reverse("study-open", args=["letters"]))

    assert response.status_code == 409
    assert "at least two models" in response.content.decode()
    assert reverse("study-settings", args=["letters"]) in response.content.decode()


def test_pilot_is_told_as_a_pilot(client, draft):
    start_pilot(study=draft, now=NOW)
    page = show(client, reverse("study", args=["letters"]))

    assert "count in no result" in page
    assert "Agree and start rating" in page
    assert reverse("study-protocol", args=["letters"]) not in page
    assert client.get(reverse("study-protocol", args=["letters"])).status_code == 404
    assert "letters" not in show(client, reverse("studies"))


def test_an_opened_study_has_no_steps_and_takes_no_edit(client):
    study = make_study(slug="letters")
    sign_in(client, study)
    assert client.get(step("raters"))["Location"] == reverse("study-settings", args=["letters"])
    data = {"reveal": "after_vote", "session_length": "12", "undo_seconds": "5"}

    assert post(client, step("raters"), **data).status_code == 409
    study.refresh_from_db()
    assert study.reveal == "at_close"


def amend_with(client, **changes):
    page = client.get(reverse("study-amend", args=["letters"]), headers=ENGLISH)
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in {**data, **changes}.items()}
    # As a browser does: a box that is not ticked is not sent.
    unticked = {name for name in ("enter", "retire") if data[name] == ""}
    data = {name: value for name, value in data.items() if value is not False and name not in unticked}
    return post(client, reverse("study-amend", args=["letters"]), **data)


def test_amending_with_a_reason(client):
    study = make_study(slug="letters")
    sign_in(client, study, role="owner")
    without = amend_with(client, target_votes="700")
    assert "Write why" in without.content.decode()
    unchanged = amend_with(client, reason="Why not.")
    assert "Nothing is changed yet." in unchanged.content.decode()
    assert not study.amendments.exists()

    gamma = study.entries.get(model__slug="gamma").model
    done = amend_with(
        client, target_votes="700", one_side="95", retire=[gamma.pk], reason="Gamma was withdrawn."
    )
    study.refresh_from_db()
    assert done.status_code == 302
    assert (study.target_votes, study.limits["one_side"]) == (700, 0.95)
    assert study.entries.get(model=gamma).retired_at
    page = show(client, reverse("study", args=["letters"]))
    assert "Gamma was withdrawn." in page
    assert reverse("study-protocol-version", args=["letters", 1]) in page


def test_amending_practice_and_questions(client):
    study = make_study(slug="letters")
    sign_in(client, study, role="owner")
    amend_with(client, **PRACTICE, comprehension=QUESTIONS, reason="Raters asked.")
    study.refresh_from_db()
    kept = study.comprehension

    assert study.practice["better"] == "right"
    assert len(kept["questions"]) == study.protocol["comprehension"]["questions"] == 2
    # A browser writes its own line ends: that is no change.
    lines = {"practice_left": "Yes. <script>x</script>\r\n", "comprehension": QUESTIONS.replace("\n", "\r\n")}
    assert "Nothing is changed yet." in amend_with(client, **lines, reason="Why not.").content.decode()
    amend_with(client, session_length="7", reason="Too long.")
    study.refresh_from_db()
    assert (study.session_length, study.comprehension) == (7, kept)
    refused = amend_with(client, practice_left="", comprehension="? One", reason="Why not.")
    assert refused.status_code == 422
    assert study.amendments.count() == 2


def test_protocol_is_a_file_whose_digest_is_the_hash(client):
    study = make_study(slug="letters")
    response = client.get(reverse("study-protocol", args=["letters"]))

    assert response["Content-Type"] == "application/json"
    assert hash_canonical(json.loads(response.content)) == study.protocol_hash
    assert client.get(reverse("study-protocol-version", args=["letters", 0])).content == response.content
    assert client.get(reverse("study-protocol-version", args=["letters", 1])).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_there_in_every_state(client, draft, language):
    sign_in(client, draft, role="owner")
    headers = {"accept-language": language}
    for name in STEPS:
        assert client.get(step(name), headers=headers).status_code == 200
    for act in (start_pilot, None):
        assert client.get(reverse("study-settings", args=["letters"]), headers=headers).status_code == 200
        if act:
            act(study=draft, now=NOW)
    study = make_study(slug="open")
    sign_in(client, study, role="owner")
    assert client.get(reverse("study-amend", args=["open"]), headers=headers).status_code == 200
    close_study(study=study, now=NOW)
    assert client.get(reverse("study-settings", args=["open"]), headers=headers).status_code == 200
    assert client.get(reverse("study-amend", args=["open"]), headers=headers).status_code == 302
    assert client.get(reverse("power"), headers=headers).status_code == 200


def test_calculator_before_any_study(client):
    sign_in(client)
    page = show(client, f"{reverse('power')}?models=2&session_length=1&kind=superior&margin=0&lead=50&pay=10")
    assert "Supported" in page
    assert "Paid by the hour" in page
    assert "Fewer than needed" not in page
    for query in ("?kind=equivalent&margin=0", "?models=1", "?power=10", "?models=many"):
        assert client.get(reverse("power") + query).status_code == 422
    assert "no room for so many ties" in show(client, f"{reverse('power')}?lead=900&ties=90")


RIGHTS = {
    "study-settings": ("viewer", "get", []),
    "study-step": ("viewer", "get", ["raters"]),
    "study-check-add": ("editor", "post", []),
    "study-check-remove": ("editor", "post", [1]),
    "study-amend": ("owner", "get", []),
    "study-pilot": ("owner", "post", []),
    "study-open": ("owner", "post", []),
    "study-pause": ("owner", "post", []),
    "study-resume": ("owner", "post", []),
    "study-close": ("owner", "post", []),
}
RANKS = ["viewer", "editor", "owner"]


@pytest.mark.parametrize("name", RIGHTS)
def test_who_may(client, draft, name):
    least, method, more = RIGHTS[name]
    address = reverse(name, args=["letters", *more])
    call = getattr(client, method)
    assert reverse("sign-in") in call(address)["Location"]
    assert getattr(sign_in(client, name="stranger"), method)(address).status_code == 404
    for role in RANKS:
        status = getattr(sign_in(client, draft, role=role), method)(address).status_code
        assert (status == 403) is (RANKS.index(role) < RANKS.index(least)), (role, status)


def test_a_viewer_looks_and_saves_nothing(client, draft):
    sign_in(client, draft, role="viewer")
    assert "An editor can change it." in show(client, step("raters"))
    data = {"reveal": "after_vote", "session_length": "12", "undo_seconds": "5"}

    assert post(client, step("raters"), **data).status_code == 403
    draft.refresh_from_db()
    assert draft.session_length == 40
