"""Which column of a file is which: found by the names of the columns and how they read, or said by hand. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluations.ingest.faults import Fault, SourceFile, show_text
from evaluations.ingest.layouts import (
    LAYOUTS,
    WIDE_PROMPTS,
    WIDE_RESPONSES,
    Layout,
    Role,
    recognise,
)
from evaluations.ingest.mappings import IGNORE, MODEL_PREFIX, check_mapping, find_model_name

# What stands beside the answers in many tables, and is no model.
NO_MODELS = {
    *("answer", "comment", "comments", "context", "description", "expected", "explanation", "gold", "input"),
    *("instruction", "label", "note", "notes", "rationale", "reference", "rubric", "solution", "source"),
    *("system", "target", "text", "title", "topic", "url"),
    *(
        "commentaire",
        "contexte",
        "consigne",
        "question",
        "remarque",
        "réponse attendue",
        "référence",
        "titre",
    ),
}
# Answers are sentences: a column of labels, of numbers or of codes is none.
SHORTEST_ANSWER = 20


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """The file's columns by what they are to the house.

    `names` gives the file's column for a column of the layout; `models` the model whose answers a column holds.
    """

    layout: Layout
    names: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    guessed: bool = False

    def list_missing(self) -> list[str]:
        return self.layout.missing_from(self.names)

    def list_strangers(self, columns: Sequence[str]) -> list[str]:
        known = {*self.names.values(), *self.models, *self.ignored}
        lowered = {name.lower() for name in self.names.values()}
        # A second column of a known name has a fault of its own.
        return [name for name in dict.fromkeys(columns) if name not in known and name.lower() not in lowered]


def arrange(*, columns: Sequence[str], samples: Sequence[Mapping[str, object]]) -> Arranged | None:
    """By the names, and by the first rows where the names of models are all there is; None where nothing fits."""
    wide = _arrange_wide(columns, samples)
    if wide:
        return wide
    layout = recognise(columns=[name.lower() for name in columns])
    return Arranged(layout=layout, names=_find_names(layout, columns)) if layout else None


def _arrange_wide(columns: Sequence[str], samples: Sequence[Mapping[str, object]]) -> Arranged | None:
    lowered = {name.lower() for name in columns}
    # One response a row, or no column that says which prompt it is about.
    if lowered & {"response", "model", "result"} or not lowered & {"id", "prompt_id"}:
        return None
    has_prompt = bool(lowered & {"prompt", "messages"})
    layout = WIDE_PROMPTS if has_prompt else WIDE_RESPONSES
    if has_prompt and "id" not in lowered:
        return None
    names = _find_names(layout, columns)
    if not has_prompt:
        names = {"prompt_id": next(name for name in columns if name.lower() in ("prompt_id", "id"))}
    others = [name for name in columns if name not in names.values()]
    named = {name: model for name in others if (model := find_model_name(name))}
    if named:
        return Arranged(layout=layout, names=names, models=named, guessed=True)
    if len(others) > 1 and all(_reads_like_answers(name, samples) for name in others):
        return Arranged(layout=layout, names=names, models={name: name for name in others}, guessed=True)
    return None


def _reads_like_answers(column: str, samples: Sequence[Mapping[str, object]]) -> bool:
    """Sentences, none of them twice."""
    if column.lower() in NO_MODELS:
        return False
    texts = [text for row in samples if (text := row.get(column)) not in (None, "")]
    if not texts or not all(isinstance(text, str) and " " in text.strip() for text in texts):
        return False
    return len(set(texts)) == len(texts) and sum(map(len, map(str, texts))) >= SHORTEST_ANSWER * len(texts)


def arrange_by_hand(
    *, source: SourceFile, columns: Sequence[str], mapping: Mapping[str, str]
) -> tuple[Arranged | None, list[Fault]]:
    """As the mapping says; a column that it doesn't name keeps the name it has."""
    faults = check_mapping(source=source, columns=columns, mapping=mapping)
    if faults:
        return None, faults
    fields = {name: mapping.get(name, name.lower()) for name in columns}
    models = {
        name: value.removeprefix(MODEL_PREFIX).strip()
        for name, value in fields.items()
        if name in mapping and value.startswith(MODEL_PREFIX)
    }
    ignored = frozenset(name for name, value in fields.items() if value == IGNORE and name in mapping)
    rest = {name: value for name, value in fields.items() if name not in models and name not in ignored}
    layout, houses = _choose_layout(list(rest.values()), wide=bool(models))
    if layout is None:
        shown = show_text(", ".join(rest.values()))
        return None, [Fault(message="mapping_incomplete", file=source.name, values={"fields": shown})]
    names = {houses.get(value, value): name for name, value in reversed(rest.items())}
    names = {value: name for value, name in names.items() if layout.accepts(value)}
    return Arranged(layout=layout, names=names, models=models, ignored=ignored), []


def _choose_layout(fields: Sequence[str], *, wide: bool) -> tuple[Layout | None, dict[str, str]]:
    """The house's own layout that these fields fill, and the fields that it calls otherwise."""
    has_prompt = bool({"prompt", "messages"} & set(fields))
    if wide:
        layout = WIDE_PROMPTS if has_prompt else WIDE_RESPONSES
        return layout, _call_id(fields, has_prompt=has_prompt)
    responses = {"model", "response"} <= set(fields)
    if responses or has_prompt:
        role = Role.LONG if responses and has_prompt else Role.RESPONSES if responses else Role.PROMPTS
        return next(layout for layout in LAYOUTS if layout.role is role), _call_id(
            fields, has_prompt=has_prompt
        )
    found = recognise(columns=fields)
    return (found if found and not found.missing_from(fields) else None), {}


def _call_id(fields: Sequence[str], *, has_prompt: bool) -> dict[str, str]:
    """With its prompt an id is called id, without it prompt_id: whoever maps by hand need not know."""
    meant, other = ("id", "prompt_id") if has_prompt else ("prompt_id", "id")
    return {other: meant} if meant not in fields else {}


def _find_names(layout: Layout, columns: Sequence[str]) -> dict[str, str]:
    return {name.lower(): name for name in reversed(columns) if layout.accepts(name.lower())}
