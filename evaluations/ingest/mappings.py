"""Columns mapped by hand: what they may be mapped to, a first guess, and what is impossible. Pure: no Django."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from evaluations.ingest.faults import Fault, SourceFile, show_text
from evaluations.ingest.formats import MAX_UNPACKED_MB, OBJECTS_LOOKED_AT, read_columns, read_records
from evaluations.ingest.layouts import LIKE_ENOUGH, find_nearest
from evaluations.ingest.wording import Word, gettext_noop

_ = gettext_noop

IGNORE = "ignore"
# "response:" and the name of a model: the column holds the answers of that model.
MODEL_PREFIX = "response:"
LONGEST_MODEL = 120
EXAMPLES = 3

FIELDS: Mapping[str, Word] = {
    "id": Word(_("Id of the prompt")),
    "prompt": Word(_("Prompt")),
    "messages": Word(_("Messages of a conversation")),
    "category": Word(_("Category")),
    "language": Word(_("Language")),
    "metadata": Word(_("Metadata")),
    "prompt_id": Word(_("Id of the prompt that is answered")),
    "model": Word(_("Model")),
    "response": Word(_("Response")),
    "name": Word(_("Name of the model")),
    "maker": Word(_("Maker")),
    "licence": Word(_("Licence")),
    "model_left": Word(_("Model on the left")),
    "model_right": Word(_("Model on the right")),
    "winner": Word(_("Outcome of the vote")),
    "rater": Word(_("Rater")),
    IGNORE: Word(_("Leave this column out")),
}
# What other tables call these fields, in both languages.
SYNONYMS = {
    "prompt": "question consigne instruction input query texte text demande énoncé user_prompt",
    "response": "answer output completion réponse reponse generation result reply model_response",
    "model": "modèle modele model_name model_id llm system",
    "category": "catégorie categorie type topic thème theme task domain",
    "language": "langue lang locale",
    "id": "identifiant key uid uuid n° no number numéro numero index question_id consigne_id",
    "messages": "conversation turns dialogue",
    "metadata": "meta métadonnées metadonnees",
    "winner": "vote outcome result_vote preference résultat",
    "rater": "judge worker annotator évaluateur juge",
    "maker": "org organisation organization vendor éditeur",
    "licence": "license",
    "model_left": "model_a model_x modèle_a",
    "model_right": "model_b model_y modèle_b",
}
BY_SYNONYM = {word: name for name, words in SYNONYMS.items() for word in words.split()}
NAMED_MODEL = re.compile(
    r"(?:responses?|answers?|outputs?|réponses?|reponses?)\s*[_: ]\s*(.*\S)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class SampledColumn:
    """A column as the file names it, and its first values that are not empty, shown short."""

    name: str
    examples: tuple[str, ...]


def list_columns(source: SourceFile, *, max_mb: int = MAX_UNPACKED_MB) -> list[SampledColumn]:
    """The columns of the file; none where it can't be read."""
    columns = read_columns(source=source, max_mb=max_mb)
    samples = sample_records(source=source, max_mb=max_mb)
    return [
        SampledColumn(name=name, examples=tuple(islice(_list_examples(name, samples), EXAMPLES)))
        for name in dict.fromkeys(columns)
    ]


def sample_records(*, source: SourceFile, max_mb: int) -> list[Mapping[str, object]]:
    """The values of the first rows."""
    records = read_records(source=source, report=lambda fault: None, max_mb=max_mb)
    return [record.values for record in islice(records, OBJECTS_LOOKED_AT)]


def _list_examples(name: str, samples: Sequence[Mapping[str, object]]) -> Iterator[str]:
    return (show_text(row[name]) for row in samples if row.get(name) not in (None, ""))


def suggest_mapping(columns: Sequence[SampledColumn]) -> dict[str, str]:
    """A field for each column, none of them twice; what nobody knows is left out."""
    mapping: dict[str, str] = {}
    for guess in (_guess_exactly, _guess_nearly):
        for column in columns:
            field = guess(column.name)
            if column.name not in mapping and field and field not in mapping.values():
                mapping[column.name] = field
    wide = "response" not in mapping.values() and "model" not in mapping.values()
    for column in columns:
        is_text = wide and any(" " in example.strip() for example in column.examples)
        guessed = f"{MODEL_PREFIX}{column.name.strip()}"[:LONGEST_MODEL] if is_text else IGNORE
        mapping.setdefault(column.name, guessed)
    return mapping


def _guess_exactly(name: str) -> str | None:
    lowered = name.strip().lower()
    if lowered in FIELDS:
        return lowered
    if model := find_model_name(name):
        return f"{MODEL_PREFIX}{model}"
    return BY_SYNONYM.get(lowered) or BY_SYNONYM.get(lowered.replace(" ", "_"))


def _guess_nearly(name: str) -> str | None:
    nearest = find_nearest(name.strip().lower(), [*FIELDS, *BY_SYNONYM], likeness=LIKE_ENOUGH)
    return BY_SYNONYM.get(nearest, nearest) if nearest else None


def find_model_name(column: str) -> str:
    """The model of a column that is called response_<model>; empty for any other."""
    found = NAMED_MODEL.fullmatch(column.strip())
    name = found.group(1).strip() if found else ""
    return "" if name.lower() in ("id", "time", "length", "language", "tokens", "date") else name


def check_mapping(*, source: SourceFile, columns: Sequence[str], mapping: Mapping[str, str]) -> list[Fault]:
    """What is impossible in it."""
    times = Counter(value for value in mapping.values() if value != IGNORE)
    return [
        Fault(
            message=message,
            file=source.name,
            column=show_text(column),
            says=show_text(value),
            values={"fields": ", ".join([*FIELDS, f"{MODEL_PREFIX}…"])},
        )
        for column, value in mapping.items()
        if (message := _find_trouble(column, value, columns, times))
    ]


def _find_trouble(column: str, value: str, columns: Sequence[str], times: Mapping[str, int]) -> str | None:
    if column not in columns:
        return "mapping_column"
    if value.startswith(MODEL_PREFIX):
        name = value.removeprefix(MODEL_PREFIX).strip()
        if not 0 < len(name) <= LONGEST_MODEL:
            return "mapping_model"
        if times["response"] or times["model"]:
            return "mapping_both_forms"
    elif value not in FIELDS:
        return "mapping_field"
    return "mapping_twice" if times[value] > 1 else None
