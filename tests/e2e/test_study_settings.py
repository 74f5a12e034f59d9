"""The wizard in a real browser: by keyboard and small screen, without faults of accessibility, in both languages."""

import pytest

from evaluations.studies.drafts import ClaimPlan, register_claims
from tests.e2e.walks import enter, open_looks, walk
from tests.factories import NOW, make_models, make_study

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [
    *(
        f"/manage/studies/letters/settings/{name}"
        for name in ("", "question/", "models/", "raters/", "texts/")
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
