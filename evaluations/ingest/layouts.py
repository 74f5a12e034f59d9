"""The shapes of files that are taken, as data: a file is recognised by its columns. Pure: no Django."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from evaluations.ingest.faults import Fault, SourceFile, show_text
from evaluations.ingest.wording import Word, gettext_noop

_ = gettext_noop


# More are no table of ours, and comparing each with each takes its time.
MOST_COLUMNS = 200
# So like a name is a slip of the hand, and no other word.
LIKE_ENOUGH = 0.75


class Role(Enum):
    """What a file brings."""

    PROMPTS = "prompts"
    LONG = "prompts and responses"
    RESPONSES = "responses"
    MODELS = "models"
    VOTES = "votes"


class Kind(Enum):
    """What a column holds, and so how its values are checked."""

    KEY = "key"
    NAME = "name"
    TEXT = "text"
    LANGUAGE = "language"
    MESSAGES = "messages"
    METADATA = "metadata"
    WINNER = "winner"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Column:
    """A column as the file names it; `field` is what the house calls it."""

    name: str
    kind: Kind = Kind.IGNORED
    field: str = ""
    needed: bool = False
    # The file must have the column; a row may leave it empty, or (a JSON object) leave it out.
    may_be_empty: bool = False
    may_be_absent: bool = False
    longest: int = 120


@dataclass(frozen=True)
class Layout:
    """A shape of file. `extras` are columns kept in the prompt's metadata as they are."""

    name: Word
    role: Role
    columns: tuple[Column, ...]
    one_of: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def known(self) -> list[str]:
        return [column.name for column in self.columns if column.kind is not Kind.IGNORED]

    def accepts(self, name: str) -> bool:
        return name in self.extras or any(column.name == name for column in self.columns)

    def missing_from(self, columns: Collection[str]) -> list[str]:
        missing = [column.name for column in self.columns if column.needed and column.name not in columns]
        lacks_all = self.one_of and not any(name in columns for name in self.one_of)
        return missing + ([self.one_of[0]] if lacks_all else [])


def ignore(names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names.split())


ID = Column("id", Kind.KEY, "key", needed=True)
PROMPT = Column("prompt", Kind.TEXT, "prompt")
CATEGORY = Column("category", Kind.NAME, "category", longest=80)
LANGUAGE = Column("language", Kind.LANGUAGE, "language")
MODEL = Column("model", Kind.NAME, "model", needed=True)
MESSAGES = Column("messages", Kind.MESSAGES, "messages")
METADATA = Column("metadata", Kind.METADATA, "metadata")
PROMPT_ID = Column("prompt_id", Kind.KEY, "prompt", needed=True)
OPTIONAL_PROMPT = Column("prompt", Kind.TEXT, "prompt", may_be_empty=True, may_be_absent=True)
PROMPT_COLUMNS = (ID, PROMPT, MESSAGES, CATEGORY, LANGUAGE, METADATA)
TEXT = Column("response", Kind.TEXT, "text", needed=True, may_be_empty=True)

# A column a model: its columns of answers are found by hand or by their names (see arrangements).
WIDE_PROMPTS = Layout(
    Word(_("prompts with a column a model")), Role.LONG, PROMPT_COLUMNS, one_of=("prompt", "messages")
)
WIDE_RESPONSES = Layout(Word(_("responses with a column a model")), Role.RESPONSES, (PROMPT_ID,))

LAYOUTS = (
    Layout(Word(_("prompts")), Role.PROMPTS, PROMPT_COLUMNS, one_of=("prompt", "messages")),
    Layout(
        Word(_("prompts and responses")),
        Role.LONG,
        (ID, OPTIONAL_PROMPT, MODEL, TEXT, CATEGORY, LANGUAGE, MESSAGES, METADATA),
        one_of=("prompt", "messages"),
    ),
    Layout(Word(_("responses")), Role.RESPONSES, (PROMPT_ID, MODEL, TEXT)),
    Layout(
        Word(_("models")),
        Role.MODELS,
        (
            ID,
            Column("name", Kind.NAME, "name", needed=True),
            Column("maker", Kind.NAME, "maker"),
            Column("licence", Kind.NAME, "licence"),
            *ignore("strength"),
        ),
    ),
    Layout(
        Word(_("votes")),
        Role.VOTES,
        (
            PROMPT_ID,
            Column("model_left", Kind.NAME, "left", needed=True),
            Column("model_right", Kind.NAME, "right", needed=True),
            Column("winner", Kind.WINNER, "winner", needed=True),
            Column("rater", Kind.NAME, "rater", needed=True),
        ),
    ),
    Layout(
        Word(_("prompts (LLMFAO)")),
        Role.PROMPTS,
        (
            ID,
            Column("text", Kind.TEXT, "prompt", needed=True),
            Column("type", Kind.NAME, "category", longest=80),
        ),
        extras=("slug", "stop", "note"),
    ),
    Layout(
        Word(_("models (LLMFAO)")),
        Role.MODELS,
        (
            ID,
            Column("name", Kind.NAME, "name", needed=True),
            Column("org", Kind.NAME, "maker", needed=True, may_be_empty=True, may_be_absent=True),
            *ignore("api_id api type"),
        ),
    ),
    Layout(
        Word(_("responses (LLMFAO)")),
        Role.RESPONSES,
        (
            Column("prompt", Kind.KEY, "prompt", needed=True),
            MODEL,
            Column("result", Kind.TEXT, "text", needed=True, may_be_empty=True),
            *ignore("id duration rate api_id name api type org slug"),
        ),
    ),
    Layout(
        Word(_("votes (LLMFAO)")),
        Role.VOTES,
        (
            Column("prompt", Kind.KEY, "prompt", needed=True),
            Column("model_x", Kind.NAME, "left", needed=True),
            Column("model_y", Kind.NAME, "right", needed=True),
            Column("worker", Kind.NAME, "rater", needed=True),
            Column("winner", Kind.WINNER, "winner", needed=True),
            *ignore("id left right"),
        ),
    ),
)


def find_nearest(name: str, among: Collection[str], *, likeness: float = 0.6) -> str | None:
    """The one most like it, if any is like it at all."""
    return next(iter(difflib.get_close_matches(name[:80], list(among), n=1, cutoff=likeness)), None)


def recognise(*, columns: Sequence[str]) -> Layout | None:
    """The layout these columns fit best, or None if they fit none of them clearly."""

    columns = columns[:MOST_COLUMNS]

    def fit(layout: Layout) -> float:
        known = [name for name in columns if layout.accepts(name)]
        missing = layout.missing_from(columns)
        strangers = set(columns) - set(known)
        near = sum(1 for name in strangers if find_nearest(name, missing))
        return len(known) + 0.9 * near - len(missing) - (len(strangers) - near)

    best = max(LAYOUTS, key=fit)
    return best if _fits_clearly(columns, best) else None


def _fits_clearly(columns: Sequence[str], layout: Layout) -> bool:
    """A name like another is no sign of itself: it has all it needs, or a column as it is called and few strangers."""
    exact = [name for name in columns if layout.accepts(name)]
    missing = layout.missing_from(columns)
    if not exact or not missing:
        return bool(exact)
    near = [
        name for name in columns if name not in exact and find_nearest(name, missing, likeness=LIKE_ENOUGH)
    ]
    return 2 * (len(exact) + len(near)) >= len(columns)


def check_header(
    *, source: SourceFile, strangers: Iterable[str], missing: Collection[str], layout: Layout
) -> Iterator[Fault]:
    """The columns of a file with a header that the layout doesn't know."""
    for name in strangers:
        yield describe_stranger(source=source, name=name, layout=layout, line=1, missing=missing)


def check_missing(*, source: SourceFile, missing: Iterable[str], layout: Layout) -> Iterator[Fault]:
    """The columns that the layout needs and the whole file lacks."""
    values = {"layout": layout.name, "known": ", ".join(layout.known())}
    for name in missing:
        yield Fault(message="missing_column", file=source.name, line=1, column=name, values=values)


def describe_stranger(
    *, source: SourceFile, name: str, layout: Layout, line: int, missing: Collection[str] = ()
) -> Fault:
    shown = show_text(name)
    nearest = find_nearest(name.lower(), missing) or find_nearest(name.lower(), layout.known())
    values = {"layout": layout.name, "nearest": nearest, "known": ", ".join(layout.known())}
    message = "misspelt_column" if nearest else "unknown_column"
    return Fault(message=message, file=source.name, line=line, column=shown, says=shown, values=values)


def describe_unrecognised(*, source: SourceFile, columns: Sequence[str]) -> Fault:
    shapes = [", ".join(layout.known()) for layout in LAYOUTS if "(" not in layout.name]
    values = {"columns": show_text(", ".join(columns)), "layouts": "; ".join(shapes)}
    return Fault(message="unrecognised", file=source.name, line=1, values=values)
