"""How responses are written, counted once for each: by a worker after an import, or when a vote on one is read."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from evaluations.models import Response, ResponseStyle
from evaluations.ranking import STYLE_FEATURES
from evaluations.ranking.style import measure_styles

BATCH = 500


def fetch_styles(*, response_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Counts in the order of STYLE_FEATURES by response; those that nobody has made yet are made, and kept."""
    wanted = set(response_ids)
    found = {row[0]: row[1:] for row in _read(wanted)}
    missing = sorted(wanted - found.keys())
    for start in range(0, len(missing), BATCH):
        found.update(_measure(missing[start : start + BATCH]))
    return found


def measure_batch(*, after: int = 0) -> int | None:
    """Count the first responses behind this id that nobody has counted; returns the last one's id, None at the end."""
    waiting = Response.objects.filter(style=None, pk__gt=after).order_by("pk").values_list("pk", flat=True)
    made = _measure(list(waiting[:BATCH]))
    return max(made, default=None)


def _read(ids: set[int]) -> Iterable[tuple[int, ...]]:
    return ResponseStyle.objects.filter(pk__in=ids).values_list("pk", *STYLE_FEATURES)


def _measure(ids: list[int]) -> dict[int, tuple[int, ...]]:
    texts = dict(Response.objects.filter(pk__in=ids).values_list("pk", "text"))
    counts: NDArray[np.int64] = measure_styles(texts=list(texts.values()))
    made = {pk: tuple(row) for pk, row in zip(texts, counts.tolist(), strict=True)}
    rows = [ResponseStyle(pk=pk, **dict(zip(STYLE_FEATURES, row, strict=True))) for pk, row in made.items()]
    # Whoever did the same at once counted the same.
    ResponseStyle.objects.bulk_create(rows, ignore_conflicts=True)
    return made
