"""HTML of prompts and responses, made once: by a worker after an import, or for the rater who comes first.

It is kept under the mark of the renderer that made it. What an earlier renderer made is made anew, in the same way,
when it is next wanted.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from evaluations.models import Prompt, Response
from evaluations.rendering import MARK, is_current, load_rendered, make_conversation_html, make_html

BATCH = 200

# A row that somebody holds is just being rendered: nobody waits for that.
SAVE = """
WITH free AS (
  SELECT id FROM evaluations_response WHERE id = ANY(%(ids)s) AND left(html, %(length)s) <> %(mark)s
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE evaluations_response AS response SET html = made.html
FROM unnest(%(ids)s::bigint[], %(htmls)s::text[]) AS made (id, html), free
WHERE response.id = made.id AND response.id = free.id
"""
SAVE_PROMPT = """
UPDATE evaluations_prompt SET html = %(html)s WHERE id = (
  SELECT id FROM evaluations_prompt WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED
)
"""


def ensure_rendered(response: Response) -> None:
    """Give the response its HTML if it has none of this renderer's, and keep it for the next reader."""
    if is_current(response.html) or not response.text.strip():
        return
    response.html = make_html(response.text)
    _save({response.pk: response.html})


def ensure_prompt_rendered(prompt: Prompt) -> None:
    """Give the prompt HTML of this renderer's, and keep it for the next reader."""
    if is_current(prompt.html):
        return
    prompt.html = make_conversation_html(prompt.messages, language=prompt.language)
    with connection.cursor() as cursor:
        cursor.execute(SAVE_PROMPT, {"id": prompt.pk, "html": prompt.html})


def show_response(response: Response) -> SafeString:
    """The response for a page, made anew where need be and not kept."""
    return load_rendered(response.html if is_current(response.html) else make_html(response.text))


def show_prompt(prompt: Prompt) -> SafeString:
    """The prompt for a page, made anew where need be and not kept."""
    if is_current(prompt.html):
        return load_rendered(prompt.html)
    return load_rendered(make_conversation_html(prompt.messages, language=prompt.language))


def render_batch(*, after: int = 0) -> int | None:
    """Render the first responses behind this id that need it; returns the last one's id, None at the end.

    Others may do the same at once: each takes what nobody holds, and what is rendered twice is the same.
    """
    with transaction.atomic():
        marked = Response.objects.annotate(mark=Left("html", len(MARK)))
        waiting = marked.exclude(mark=MARK).exclude(text="").filter(pk__gt=after).order_by("pk")
        rows = waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", "text")[:BATCH]
        made = {pk: make_html(text) for pk, text in rows}
        _save(made)
    return max(made, default=None)


def _save(made: dict[int, str]) -> None:
    values: dict[str, Any] = {
        "ids": list(made),
        "htmls": list(made.values()),
        "mark": MARK,
        "length": len(MARK),
    }
    with connection.cursor() as cursor:
        cursor.execute(SAVE, values)
