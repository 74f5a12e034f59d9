import hashlib
import time
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from evaluations import rendering
from evaluations.markup.code import LANGUAGES
from evaluations.rendering import (
    MARK,
    RENDERER,
    is_current,
    load_rendered,
    make_conversation_html,
    make_html,
    render_conversation,
    render_markdown,
)
from tests.harmless_html import list_faults
from tests.hostile_answers import MARKDOWN, RAW

# One answer with everything in it, and the digest of what each renderer makes of it.
EVERYTHING = Path(__file__).with_name("everything.md").read_text()
DIGESTS = {2: "70478482120f0630"}


def test_the_corpus_has_more_than_a_hundred_different_texts():
    assert len(set(RAW.values())) > 100
    assert len(set(MARKDOWN.values())) > 200


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_text_leaves_only_harmless_html(name):
    started = time.process_time()
    html = render_markdown(MARKDOWN[name])

    assert list_faults(html) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", RAW)
def test_stored_html_is_not_trusted(name):
    """As if the renderer had let everything through."""
    assert list_faults(load_rendered(MARK + RAW[name])) == []


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_text_is_harmless_as_a_turn_of_a_conversation(name):
    turns = [{"role": "user", "content": MARKDOWN[name][:40_001]}, {"role": "assistant", "content": "Yes."}]

    html = render_conversation(turns)

    assert list_faults(html) == []
    assert html.endswith("<p>Yes.</p>\n</div>")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>\"'`$\\[]()!#*_|-:/{}& \n=abcsript;x0אب\u202e", max_size=120))
def test_any_text_leaves_only_harmless_html(text):
    assert list_faults(render_markdown(text)) == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="\\{}[]()^_&$%<>\"'#~| \nabcmathtextfrac1.-", max_size=80))
def test_any_formula_leaves_only_harmless_html(text):
    assert list_faults(render_markdown(f"$x{text}x$\n\n$$\n{text}\n$$")) == []


def test_the_classes_of_the_page_are_not_for_models():
    assert "vote-bar" not in render_markdown(r"$\class{vote-bar}{x}$").replace(
        'alttext="\\class{vote-bar}', ""
    )
    assert 'class="code-block"' in load_rendered("<pre class='code-block vote'>x</pre>")
    assert "vote" not in load_rendered("<pre class='code-block vote'>x</pre>")


def test_markdown_of_an_answer():
    html = render_markdown(
        "# Title\n\n**Bold**\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n$x^2$\n\n7. seven"
    )

    assert "<h3>Title</h3>" in html
    assert "<strong>Bold</strong>" in html
    assert '<td class="cell-centre">1</td>' in html
    assert '<td class="cell-right">2</td>' in html
    assert '<span class="mi">1</span>' in html
    assert "<msup>" in html
    assert '<ol start="7">' in html


def test_code_in_a_language_nobody_knows_is_shown_as_it_is():
    assert "<code>a &lt; b\n</code>" in render_markdown("```nosuch\na < b\n```")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_has_its_lexer(language):
    assert get_lexer_by_name(language)


@pytest.mark.parametrize("shape", ["x = 1; " * 60, "x = 1\n" * 2_000, "\n" * 30])
def test_code_that_nobody_writes_by_hand_is_not_coloured(shape):
    html = render_markdown(f"```python\n{shape}y = 2\n```")

    assert "<span" not in html
    assert "y = 2" in html


def test_so_much_code_of_an_answer_is_coloured():
    block = "```python\n" + "x = 1\n" * 900 + "```\n\n"

    assert render_markdown(block * 4).count("<span") == render_markdown(block * 2).count("<span") > 0


@pytest.mark.parametrize("text", ["It costs $5 and $6.", "A \\$20 note", "$ 5 $"])
def test_money_is_not_mathematics(text):
    assert "<math" not in render_markdown(text)


def test_footnotes_are_text():
    html = render_markdown("Known[^1].\n\n[^1]: Smith")

    assert "Known[^1]." in html
    assert "[^1]: Smith" in html


def test_tasks_are_text():
    assert "<li>[x] done</li>" in render_markdown("- [ ] open\n- [x] done")


def test_what_stands_too_deep_is_shown_as_written_and_not_dropped():
    deep = "\n".join("  " * depth + f"- item {depth}" for depth in range(12))

    assert "item 11" in render_markdown(deep)
    assert "<li>" in render_markdown(deep.rsplit("\n", 3)[0])


def test_what_is_nested_beyond_reading_is_shown_as_written():
    emphasis = "*" * 1_000 + "x" + "*" * 1_000

    assert render_markdown(emphasis) == f'<p dir="auto">{emphasis}</p>\n'
    assert "<strong>x</strong>" in render_markdown("**x** $y" + "^{y" * 300 + "}" * 300 + "$")


def test_addresses_are_words():
    html = render_markdown("[here](https://a.example/x)")

    assert "https://a.example/x" in html
    assert "<a" not in html


def test_kept_html_is_under_the_mark_of_its_renderer():
    html = make_html("# A\n\n> b\n\n1. c\n\n`d` $e$ <b>")

    assert is_current(html)
    assert not is_current(html.removeprefix(MARK))
    assert not is_current("<!--1-->" + html.removeprefix(MARK))
    assert "<!--" not in load_rendered(html)
    assert (
        load_rendered(load_rendered(html))
        == load_rendered(html)
        == render_markdown("# A\n\n> b\n\n1. c\n\n`d` $e$ <b>")
    )


def test_other_html_comes_with_another_number():
    """Fails when the same text gets other HTML, by our hand or a library's: RENDERER is then one more."""
    digest = hashlib.sha256(make_html(EVERYTHING).encode()).hexdigest()

    assert digest[:16] == DIGESTS[RENDERER], f"RENDERER {RENDERER} makes {digest[:16]}"


@pytest.mark.parametrize(
    ("language", "names"), [("en", ("Code", "Table", "Formula")), ("fr", ("Code", "Tableau", "Formule"))]
)
def test_what_scrolls_has_a_name_in_the_language_of_the_page(language, names):
    html = make_html("```\nx\n```\n\n| a |\n|---|\n| b |\n\n$$x$$")
    assert "aria-label" not in html

    with translation.override(language):
        shown = load_rendered(html)

    for name in names:
        assert f'tabindex="0" role="group" aria-label="{name}">' in shown


def test_a_conversation_names_its_turns_in_its_language():
    turns = [{"role": "user", "content": "Bonjour"}, {"role": "assistant", "content": "*Salut*"}]
    html = render_conversation(turns, language="fr")

    assert "Personne" in html
    assert "<em>Salut</em>" in html
    assert is_current(make_conversation_html(turns))
    assert render_conversation(turns[:1]) == render_markdown("Bonjour")


def test_the_list_is_passed_once_for_the_same_html(monkeypatch):
    html = make_html("Passed once.")
    passed = []

    class Counting:
        def clean(self, html):
            passed.append(html)
            return html

    monkeypatch.setattr(rendering, "CLEANER", Counting())
    load_rendered(html)
    load_rendered(html)

    assert passed == [html]
