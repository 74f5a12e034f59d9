"""The files that can be had: what each is about, and the formats that it comes in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext_lazy as _

from evaluations.exports.codebook import CODEBOOK, list_lines
from evaluations.exports.columns import Column, Row, Words
from evaluations.exports.lmarena import LMARENA, count_lmarena, list_lmarena
from evaluations.exports.preferences import PREFERENCES, count_preferences, list_preferences
from evaluations.exports.responses import RESPONSES, count_responses, list_responses
from evaluations.exports.sources import Source
from evaluations.exports.vote_columns import VOTES
from evaluations.exports.votes import count_votes, list_votes
from evaluations.exports.writers import write_csv, write_json_lines, write_markdown, write_parquet

Writer: TypeAlias = Callable[..., Iterator[bytes]]


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """How rows become bytes."""

    suffix: str
    title: Words
    content_type: str
    write: Writer


@dataclass(frozen=True, kw_only=True)
class File:
    """What a file is about. options: the fields of ExportOptions that change it. formats: by name of the export."""

    name: str
    title: Words
    sentence: Words
    columns: tuple[Column, ...]
    count: Callable[[Source], int]
    pages: Callable[[Source, Sequence[Column]], Iterator[list[Row]]]
    formats: Mapping[str, FileFormat]
    options: tuple[str, ...] = ()

    def choose_columns(self, *, with_texts: bool) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if with_texts or not column.with_texts)


CSV = FileFormat(suffix="csv", title="CSV", content_type="text/csv; charset=utf-8", write=write_csv)
JSON_LINES = FileFormat(
    suffix="jsonl",
    title=_("JSON lines"),
    content_type="application/jsonl; charset=utf-8",
    write=write_json_lines,
)
PARQUET = FileFormat(
    suffix="parquet", title="Parquet", content_type="application/vnd.apache.parquet", write=write_parquet
)
MARKDOWN = FileFormat(
    suffix="md", title="Markdown", content_type="text/markdown; charset=utf-8", write=write_markdown
)

DATA_FILES = (
    File(
        name="votes",
        title=_("Votes"),
        sentence=_(
            "One row a vote: who met, who won, what the rater gave as reasons, and what was decided since."
        ),
        columns=VOTES,
        count=count_votes,
        pages=list_votes,
        formats={"csv": CSV, "jsonl": JSON_LINES, "parquet": PARQUET},
        options=("normal_only", "kept_only", "publishable_only", "texts"),
    ),
    File(
        name="responses",
        title=_("Prompts and responses"),
        sentence=_("One row a response, with its prompt and the digest that the ledger names it by."),
        columns=RESPONSES,
        count=count_responses,
        pages=list_responses,
        formats={"responses-csv": CSV, "responses-jsonl": JSON_LINES, "responses-parquet": PARQUET},
    ),
    File(
        name="lmarena",
        title=_("Votes with LMArena’s columns"),
        sentence=_("What reads LMArena’s public votes (140k) reads this. Only votes that a ranking counts."),
        columns=LMARENA,
        count=count_lmarena,
        pages=list_lmarena,
        formats={"lmarena": JSON_LINES, "lmarena-parquet": PARQUET},
        options=("publishable_only",),
    ),
    File(
        name="preferences",
        title=_("Preference pairs"),
        sentence=_(
            "A prompt, the better response and the other one, to train models on (DPO, as TRL takes it)."
        ),
        columns=PREFERENCES,
        count=count_preferences,
        pages=list_preferences,
        formats={"dpo": JSON_LINES, "dpo-parquet": PARQUET},
        options=("publishable_only", "by_pair", "minimum_votes"),
    ),
)
DESCRIBED = tuple((file.name, file.columns) for file in DATA_FILES)

CODEBOOK_FILE = File(
    name="codebook",
    title=_("Codebook"),
    sentence=_("Each column of each file: its type, its unit, its values, and how it is made."),
    columns=CODEBOOK,
    count=lambda source: sum(len(columns) for _name, columns in DESCRIBED),
    pages=lambda source, columns: list_lines(files=DESCRIBED, columns=columns),
    formats={"codebook-csv": CSV, "codebook-md": MARKDOWN},
)
FILES = (*DATA_FILES, CODEBOOK_FILE)
