import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.rendering import load_rendered, render_conversation, render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![](https://tracker.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[click](javascript:alert(1))",
    "[click](https://evil.example)",
    "<https://evil.example>",
    "[x]: https://evil.example\n\n[x]",
    "<a href='https://evil.example'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<svg onload=alert(1)>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "<style>@import 'https://evil.example'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><button>vote</button></form>",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$$\\unicode{x3c}script$$",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<input autofocus onfocus=alert(1)>",
    "\x00<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "`<script>`",
    "<!--><script>alert(1)</script>-->",
    "<details open ontoggle=alert(1)>",
    '[a](<javascript:alert(1)> "title")',
]
ALLOWED = re.compile(
    r"</?(p|br|hr|h3|h4|h5|strong|em|s|ul|ol|li|blockquote|pre|code|table|thead|tbody|tr|th|td|div|span|"
    r"math|m[a-z]+|none)( (class|tabindex|start|display|xmlns|stretchy|fence|separator|form|columnalign|rowspacing|"
    r'columnspacing|mathvariant|width|accent|accentunder|minsize|maxsize)="[^"<>]*")*( ?/)?>'
)


def find_strange_tags(html):
    return [tag for tag in re.findall(r"<[^>]*>?", html) if not ALLOWED.fullmatch(tag)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_only_harmless_tags(text):
    html = render_markdown(text)

    assert find_strange_tags(html) == []
    assert not re.search(r"\s(href|src|on\w+|style|action|id|name)=", re.sub(r">[^<]*<", "><", html))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>\"'`$\\[]()!#*_|-:/ \n=abcsript&;x0", max_size=120))
def test_any_text_leaves_only_harmless_tags(text):
    assert find_strange_tags(render_markdown(text)) == []


def test_markdown_of_an_answer():
    html = render_markdown(
        "# Title\n\n**Bold**\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n$x^2$"
    )

    assert "<h3>Title</h3>" in html
    assert "<strong>Bold</strong>" in html
    assert '<td class="number">2</td>' in html
    assert '<span class="mi">1</span>' in html
    assert "<msup>" in html


@pytest.mark.parametrize("text", ["It costs $5 and $6.", "A \\$20 note", "$ 5 $"])
def test_money_is_not_mathematics(text):
    assert "<math" not in render_markdown(text)


def test_brackets_hold_mathematics_too():
    assert render_markdown("Take \\(a\\):\n\\[\n b \n\\]\nthen c").count("<math") == 2


def test_mathematics_that_cannot_be_read_is_shown_as_written():
    assert "\\frac{" in render_markdown("$\\frac{$")


def test_addresses_are_words():
    html = render_markdown("[here](https://a.example/x)")

    assert "https://a.example/x" in html
    assert "<a" not in html


def test_rendering_twice_changes_nothing():
    html = render_markdown("# A\n\n> b\n\n1. c\n\n`d` $e$ <b>")

    assert load_rendered(html) == html


def test_a_conversation_names_its_turns_in_its_language():
    turns = [{"role": "user", "content": "Bonjour"}, {"role": "assistant", "content": "*Salut*"}]
    html = render_conversation(turns, language="fr")

    assert "Personne" in html
    assert "<em>Salut</em>" in html
    assert render_conversation(turns[:1]) == render_markdown("Bonjour")
