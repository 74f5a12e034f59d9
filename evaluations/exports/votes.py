"""The file of votes in long form: one row a sealed vote."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from evaluations.exports.columns import Column, Row, read_row
from evaluations.exports.pages import read_votes
from evaluations.exports.sources import Source
from evaluations.models import LedgerEntry


def count_votes(source: Source) -> int:
    return _find_votes(source).count()


def list_votes(source: Source, columns: Sequence[Column]) -> Iterator[list[Row]]:
    pages = read_votes(source=source, votes=_find_votes(source), with_texts=source.options.texts)
    for page in pages:
        yield [read_row(columns=columns, source=vote) for vote in page]


def _find_votes(source: Source) -> QuerySet[LedgerEntry]:
    options = source.options
    return source.find_votes(normal_only=options.normal_only, kept_only=options.kept_only)
