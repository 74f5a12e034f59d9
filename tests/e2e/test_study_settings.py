"""The wizard in a real browser: by keyboard and small screen, without faults of accessibility, in both languages."""

import pytest

from evaluations.studies.drafts import ClaimPlan, register_claims
from tests.e2e.walks import check_page, enter, open_looks, walk
from tests.factories import NOW, make_models, make_study

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [
    *(
        f"/manage/studies/letters/settings/{name}"
        for name in ("", "question/", "models/", "raters/", "texts/", "briefing/")
    ),
    *(f"/manage/studies/letters/settings/{name}" for name in ("checks/", "sampling/", "stopping/")),
    *("/manage/studies/new/", "/manage/power/", "/manage/studies/opened/settings/amend/", "/manage/"),
]


def test_pages_are_sound(open_context, admin_user):
    study = make_study(slug="letters", opened=False)
    alpha, beta = make_models("alpha", "beta")
    claim = ClaimPlan(kind="superior", model=alpha, rival=beta, margin=0.0, alpha=0.05)
    register_claims(study=study, claims=[claim], now=NOW)
    make_study(slug="opened")
    for page in open_looks(open_context, admin_user):
        walk(page, ADDRESSES)


def test_a_step_is_saved_by_keyboard(open_context, admin_user):
    study = make_study(slug="letters", opened=False)
    context = open_context()
    enter(context, admin_user)
    page = context.new_page()
    page.goto("/manage/studies/letters/settings/question/")
    page.focus("#id_question")
    page.keyboard.type("Which is kinder?")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    study.refresh_from_db()

    assert study.question == "Which is kinder?"


def test_previews_and_faults_are_sound(open_context, admin_user):
    make_study(slug="letters", opened=False)
    for page in open_looks(open_context, admin_user):
        page.goto("/manage/studies/letters/settings/briefing/")
        for name in ("prompt", "left", "right", "explanation"):
            page.fill(
                f"#id_practice_{name}", "Some *words*, and `a_very_long_one_that_does_not_break_anywhere`."
            )
        page.check("input[name=practice_better][value=right]")
        page.fill("#id_comprehension", "? What counts?\n* Kindness\n- Length")
        page.click("button[name=preview]")
        page.wait_for_selector(".questions-preview")
        check_page(page)
        page.fill("#id_practice_left", "")
        page.fill("#id_comprehension", "? What counts?")
        page.click(".save-bar button[name=stay]")
        page.wait_for_selector("#id_comprehension_error")
        check_page(page)
        page.goto("/manage/studies/letters/settings/raters/")
        page.check("#id_shows_others")
        page.click("button[name=usual]")
        page.wait_for_selector("#id_shows_others_error")
        check_page(page)


def test_enter_saves_a_step_that_has_other_buttons(open_context, admin_user):
    study = make_study(slug="letters", opened=False)
    context = open_context(java_script_enabled=False)
    enter(context, admin_user)
    page = context.new_page()
    page.goto("/manage/studies/letters/settings/raters/")
    page.fill("#id_session_length", "12")
    with page.expect_navigation():
        page.press("#id_session_length", "Enter")
    study.refresh_from_db()

    assert (study.session_length, study.reason_tags) == (12, [])
