"""HTML of responses is made when it is first wanted, once, by whoever comes first."""

import time

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations import rendered
from evaluations.battles import show_next
from evaluations.markup.parser import LONGEST_RENDERED
from evaluations.models import Prompt, Response
from evaluations.rendering import MARK, make_html, render_markdown
from tests.factories import NOW, make_rater, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(settings):
    study = make_study(names=("alpha", "beta"))
    Response.objects.update(html="")
    return study


def test_batches_render_all_and_end(bare, monkeypatch):
    monkeypatch.setattr(rendered, "BATCH", 4)
    last, rounds = 0, 0
    while (last := rendered.render_batch(after=last)) is not None:
        rounds += 1
    assert rounds == 2
    for response in Response.objects.all():
        assert response.html == make_html(response.text)


def test_empty_text_needs_no_html(bare):
    text = Response.objects.create(
        prompt=bare.prompt_set.prompts.first(), model=_make_model(), text="", digest="0", html=""
    )
    rendered.ensure_rendered(text)
    while (last := rendered.render_batch()) is not None:
        assert last
    assert Response.objects.filter(html="").get() == text


def _make_model():
    from_factory = make_study(names=("x", "y"), opened=False)
    Response.objects.filter(prompt__prompt_set=from_factory.prompt_set).update(html=f"{MARK}done")
    return from_factory.entries.first().model


def test_reading_a_battle_renders_what_is_not_rendered_yet(bare, settings):
    battle, _session = show_next(
        study=bare,
        rater=make_rater(),
        columns_root=settings.COLUMNS_ROOT,
        generator=np.random.default_rng(1),
        now=NOW,
    )
    assert battle.left.html.startswith(f"{MARK}<p>Answer <strong>")
    assert set(Response.objects.exclude(html="").values_list("pk", flat=True)) == {
        battle.left_id,
        battle.right_id,
    }


OLD = "<!--1--><p>as it was made before</p>"


def test_what_an_earlier_renderer_made_is_made_anew_for_the_rater_who_reads_it(bare, settings):
    Response.objects.update(html=OLD)
    Prompt.objects.update(html=OLD)

    for _again in range(2):
        battle, _session = show_next(
            study=bare,
            rater=make_rater(),
            columns_root=settings.COLUMNS_ROOT,
            generator=np.random.default_rng(1),
            now=NOW,
        )
        for read in (battle.left, battle.right):
            assert read.html == make_html(read.text)
            assert Response.objects.get(pk=read.pk).html == read.html
        assert battle.prompt.html == make_html(battle.prompt.messages[0]["content"])
        assert Prompt.objects.get(pk=battle.prompt_id).html == battle.prompt.html
    assert Response.objects.filter(html=OLD).exists()


def test_what_an_earlier_renderer_made_is_made_anew_by_the_worker(bare):
    Response.objects.update(html=OLD)
    while rendered.render_batch() is not None:
        pass
    assert not Response.objects.filter(html=OLD).exists()


def test_staff_read_what_is_made_now(bare):
    Response.objects.update(html=OLD)
    Prompt.objects.update(html=OLD)
    response, prompt = Response.objects.first(), Prompt.objects.first()

    assert rendered.show_response(response) == render_markdown(response.text)
    assert rendered.show_prompt(prompt) == render_markdown(prompt.messages[0]["content"])
    rendered.ensure_rendered(response)
    assert rendered.show_response(response) == render_markdown(response.text)


def test_a_prompt_that_is_current_costs_no_query(bare):
    prompt = Prompt.objects.first()
    with CaptureQueriesContext(connection) as queries:
        rendered.ensure_prompt_rendered(prompt)
    assert len(queries) == 0


def test_rendered_response_costs_no_query(bare):
    response = Response.objects.first()
    rendered.ensure_rendered(response)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rendered.ensure_rendered(response)
    assert len(queries) == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_row_that_is_being_rendered(second_connection):
    make_study(names=("alpha", "beta"))
    Response.objects.update(html="")
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute("SELECT id FROM evaluations_response ORDER BY id LIMIT 1 FOR NO KEY UPDATE")
        (held,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
    response = Response.objects.get(pk=held)
    rendered.ensure_rendered(response)
    assert response.html
    while (last := rendered.render_batch()) is not None:
        assert last != held
    second_connection.rollback()
    assert Response.objects.get(html="").pk == held


HOSTILE = [
    "$$a\n",
    "\\(",
    "\\[a\n",
    "$a ",
    "[",
    "![",
    "> a\n",
    "- a\n",
    "*a **b",
    "|a|b|\n|-|-|\n",
    "\\(a\n\n",
    ">",
    "- ",
    "$a$ ",
    "```java\na\na\n```\n",
    "[^1]: ",
    "א ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_rendered_in_linear_time(piece):
    def measure(size):
        started = time.process_time()
        render_markdown(piece * (size // len(piece)))
        return time.process_time() - started

    assert measure(LONGEST_RENDERED) < 3 + 20 * measure(LONGEST_RENDERED // 10)
    assert measure(LONGEST_RENDERED) < 3


def test_mathematics_behind_an_unclosed_mark_is_still_found():
    html = render_markdown("\\(a\n\nThen \\(b\\) and $$c$$.\n\n$$d$$\n\n\\[ e \\]\n\n$$f")
    assert html.count("<math") == 4
    assert "$$f" in html


def test_too_long_a_text_is_shown_as_it_is_written():
    html = render_markdown("**a** <b>\nline\n\n" + "x" * LONGEST_RENDERED)
    assert html.startswith('<p dir="auto">**a** &lt;b&gt;<br>line</p>\n<p dir="auto">xxx')
