"""The rules by which an answer is seen to name its author: data, read from a file, checked as it is read. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluations.errors import IngestError
from evaluations.ingest.name_index import NameIndex, fold_text
from evaluations.ingest.phrases import BOTH_MARK, MAKER_MARK, MODEL_MARK, SLOTS, compile_phrase
from evaluations.ingest.wording import gettext_noop

_ = gettext_noop

RULES_FILE = Path(__file__).parent / "rules" / "self_identification.json"
# The rule of an answer that has the name of its own model or maker anywhere: nothing in the file can say it.
OWN_NAME = "own-name"
RULE_KEYS = {"id", "phrases", "begins_sentence", "not_after", "needs"}


@dataclass(frozen=True, kw_only=True)
class Family:
    """Models, and who makes them: to name one is to name them all."""

    models: tuple[str, ...]
    makers: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.models, *self.makers)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Phrases that say the same.

    `not_after` are words that make of it something else; `needs` are words of which the text must have one, for a
    rule without a name in it.
    """

    id: str
    patterns: tuple[re.Pattern[str], ...]
    begins_sentence: bool
    not_after: frozenset[str]
    needs: tuple[str, ...]
    has_slot: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Rules:
    """What load_rules read. Two of them are the same only if they are one."""

    families: tuple[Family, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Lexicon:
    """The names that matter for one author: everybody's, and its own."""

    index: NameIndex
    marks: Mapping[str, str]
    own: frozenset[str]
    relatives: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=512)
def make_lexicon(rules: Rules, names: tuple[str, ...]) -> Lexicon:
    marks: dict[str, str] = {}
    relatives: dict[str, tuple[str, ...]] = {}
    for family in rules.families:
        kinds = [(family.models, MODEL_MARK), (family.makers, MAKER_MARK)]
        for name, mark in ((name, mark) for kind, mark in kinds for name in kind):
            marks[name] = mark if marks.get(name, mark) == mark else BOTH_MARK
            relatives[name] = tuple(dict.fromkeys((*relatives.get(name, ()), *family.names)))
    known = NameIndex(marks)
    own: set[str] = set()
    for name in names:
        kin = {named.name for named in known.find(fold_text(name))}
        own |= {name, *(relative for one in kin for relative in relatives[one])}
    for name in own:
        marks[name] = BOTH_MARK
        relatives[name] = tuple(sorted(own))
    return Lexicon(index=NameIndex(marks), marks=marks, own=frozenset(own), relatives=relatives)


def load_rules(path: Path | None = None) -> Rules:
    """The rules of the file, or of the house. Raises IngestError with what is wrong in it."""
    place = path or RULES_FILE
    try:
        data = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IngestError(_("The file of rules can’t be read as JSON.")) from error
    if not isinstance(data, dict) or set(data) != {"families", "rules"}:
        raise IngestError(_("The file of rules must have “families” and “rules”, and nothing else."))
    families = tuple(_read_family(item) for item in _read_list(data["families"], "families"))
    rules = tuple(_read_rule(item) for item in _read_list(data["rules"], "rules"))
    ids = [rule.id for rule in rules]
    for double in sorted({rule for rule in ids if ids.count(rule) > 1}):
        raise IngestError(_("Two rules are called “%(rule)s”.") % {"rule": double})
    return Rules(families=families, rules=rules)


def _read_family(item: Any) -> Family:
    if not isinstance(item, dict) or set(item) != {"models", "makers"}:
        raise IngestError(_("Each family of the rules must have “models” and “makers”, and nothing else."))
    return Family(models=_read_words(item["models"], "models"), makers=_read_words(item["makers"], "makers"))


def _read_rule(item: Any) -> Rule:
    if not isinstance(item, dict) or not {"id", "phrases"} <= set(item) <= RULE_KEYS:
        raise IngestError(_("Each rule must have “id” and “phrases”, and none but the known keys."))
    name, phrases = str(item["id"]), _read_words(item["phrases"], "phrases")
    slots = {any(slot in phrase for slot in SLOTS) for phrase in phrases}
    needs = _read_words(item.get("needs", []), "needs")
    if len(slots) != 1 or slots == {bool(needs)}:
        raise IngestError(
            _("The rule “%(rule)s” must have a name in each phrase, or none and the words that it needs.")
            % {"rule": name}
        )
    return Rule(
        id=name,
        patterns=tuple(_compile(phrase, rule=name) for phrase in phrases),
        begins_sentence=bool(item.get("begins_sentence", False)),
        not_after=frozenset(_read_words(item.get("not_after", []), "not_after")),
        needs=needs,
        has_slot=slots == {True},
    )


def _compile(phrase: str, *, rule: str) -> re.Pattern[str]:
    try:
        return compile_phrase(phrase)
    except ValueError as error:
        values = {"rule": rule, "part": str(error)}
        raise IngestError(
            _("The rule “%(rule)s” has a phrase that is not understood at “%(part)s”.") % values
        ) from error


def _read_words(value: Any, key: str) -> tuple[str, ...]:
    words = _read_list(value, key)
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise IngestError(_("“%(key)s” in the rules must be a list of texts.") % {"key": key})
    return tuple(words)


def _read_list(value: Any, key: str) -> Iterable[Any]:
    if not isinstance(value, list):
        raise IngestError(_("“%(key)s” in the rules must be a list.") % {"key": key})
    return value
