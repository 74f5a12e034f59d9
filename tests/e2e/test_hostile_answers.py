"""Hostile answers in a real browser: nothing runs, nothing is fetched, nothing navigates."""

import hashlib

from evaluations.models import Response
from evaluations.rendering import render_markdown
from evaluations.studies import open_study
from tests.e2e.conftest import begin
from tests.factories import NOW, make_study
from tests.test_rendering import HOSTILE


def test_hostile_answers_run_nothing_and_fetch_nothing(open_context, transactional_db, live_server):
    study = make_study(slug="tasks", names=("alpha", "beta"), prompts=1, opened=False)
    text = "\n\n".join(HOSTILE).replace("\x00", "")
    prompt = study.prompt_set.prompts.get()
    prompt.responses.all().delete()
    for model in (entry.model for entry in study.entries.select_related("model")):
        digest = hashlib.sha256(text.encode()).hexdigest()
        Response.objects.create(
            prompt=prompt, model=model, text=text, digest=digest, html=render_markdown(text)
        )
    open_study(study=study, now=NOW)
    page = open_context().new_page()
    requests, dialogs = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    begin(page)
    page.mouse.wheel(0, 5000)
    page.wait_for_load_state("networkidle")

    assert dialogs == []
    assert [url for url in requests if not url.startswith(live_server.url)] == []
    assert page.locator(".response a, .response img, .response script, .response iframe").count() == 0
    assert page.locator(".response form, .response style, .response input, .response [onerror]").count() == 0
