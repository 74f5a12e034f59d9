"""HTML of responses, made when it is first wanted: by a worker after an import, or for the rater who comes first."""

from django.db import connection, transaction

from evaluations.models import Response
from evaluations.rendering import render_markdown

BATCH = 200

# A row that somebody holds is just being rendered: nobody waits for that.
SAVE = """
WITH free AS (
  SELECT id FROM evaluations_response WHERE id = ANY(%(ids)s) AND html = '' FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE evaluations_response AS response SET html = made.html
FROM unnest(%(ids)s::bigint[], %(htmls)s::text[]) AS made (id, html), free
WHERE response.id = made.id AND response.id = free.id
"""


def ensure_rendered(response: Response) -> None:
    """Give the response its HTML if it has none yet, and keep it for the next reader."""
    if response.html or not response.text.strip():
        return
    response.html = render_markdown(response.text)
    _save({response.pk: str(response.html)})


def render_batch(*, after: int = 0) -> int | None:
    """Render the first responses behind this id that have no HTML; returns the last one's id, None at the end.

    Others may do the same at once: each takes what nobody holds, and what is rendered twice is the same.
    """
    with transaction.atomic():
        waiting = Response.objects.filter(html="", pk__gt=after).exclude(text="").order_by("pk")
        rows = waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", "text")[:BATCH]
        made = {pk: str(render_markdown(text)) for pk, text in rows}
        _save(made)
    return max(made, default=None)


def _save(made: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SAVE, {"ids": list(made), "htmls": list(made.values())})
