"""Boards made up for the pictures, without a database."""

from dataclasses import fields
from datetime import timedelta
from itertools import combinations
from zlib import crc32

from evaluations.boards import NO_EXCLUSIONS, Board, BoardRow
from evaluations.history import Standing
from evaluations.models import LanguageModel, Leaderboard, Snapshot, Study
from evaluations.publishing.analyses import PRIMARY
from tests.factories import NOW


def make_row(name, *, score, half=10.0, ranks=(1, 1), slug=None):
    slug = slug or name.lower().replace(" ", "-")[:80]
    low, high = ranks
    return BoardRow(
        model=LanguageModel(pk=abs(hash(slug)) % 10**9, slug=slug, name=name),
        rank_low=low,
        rank_high=high,
        strength=0.0,
        score=score,
        lower=score - half,
        upper=score + half,
        votes=100,
        wins=40,
        losses=40,
        ties=10,
        both_bad=10,
        win_rate=0.5,
    )


def make_rows(number, *, name="Model {}"):
    """From the best to the worst, each with a rank of its own."""
    return [
        make_row(
            name.format(place),
            score=1000 + 10.0 * (number / 2 - place),
            ranks=(place, place),
            slug=f"m{place}",
        )
        for place in range(1, number + 1)
    ]


def make_pairs(rows):
    """The higher one of every two won six of ten, and one battle was a tie."""
    return [[a.model.slug, b.model.slug, 6, 3, 1, 0] for a, b in combinations(rows, 2)]


def make_board(rows, *, pairs=None, analysis=PRIMARY, both_bad="tie", **options):
    study = Study(slug="tasks", title="Tasks", **{"minimum_votes": 100, "target_votes": 1000, **options})
    document = {
        "ranking": [describe_row(row) for row in rows],
        "pairs": make_pairs(rows) if pairs is None else pairs,
        "analyses": {},
        "parts": [],
    }
    return Board(
        leaderboard=Leaderboard(slug="tasks", title="Tasks", study=study),
        study=study,
        # Of other battles, another snapshot.
        snapshot=Snapshot(
            pk=crc32(repr(document["pairs"]).encode()), result_digest="0123456789abcdef" * 4, created_at=NOW
        ),
        rows=tuple(rows),
        unplaced=(),
        cautions=(),
        votes={"counted": 500, "shown": 500},
        parameters={"both_bad": both_bad, "level": 0.95},
        exclusions=NO_EXCLUSIONS,
        analysis=analysis,
        document=document,
        models={row.model.slug: row.model for row in rows},
    )


def describe_row(row):
    return {**{item.name: getattr(row, item.name) for item in fields(row)}, "model": row.model.slug}


def make_standing(rows, *, day=0, votes=100, half=None):
    figures = {
        row.model.slug: [
            row.score,
            row.score - (half or row.score - row.lower),
            row.score + (half or row.upper - row.score),
            row.rank_low,
            row.rank_high,
        ]
        for row in rows
    }
    return Standing(at=NOW + timedelta(days=day), ledger_size=votes + 1, votes=votes, models=figures)
