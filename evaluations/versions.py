"""What changes from one version of a prompt set to another, readable: prompts and responses added, removed, changed."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from evaluations.models import Prompt, PromptSet, Response

# How many of each kind of change are listed, and how many prompts are shown word by word.
MOST_LISTED = 50
MOST_SHOWN = 20
# A longer text is compared line by line, and only so much of it.
LONGEST_BY_WORD = 3_000
LONGEST_SHOWN = 12_000
# Unchanged words kept around a change.
AROUND = 80

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")


class PromptFacts(NamedTuple):
    """A prompt as far as it can change: a digest of its text, its category, its language."""

    digest: bytes
    category: str
    language: str


@dataclass(kw_only=True)
class VersionFacts:
    """A version by digests: prompts by key, responses by key and the model's name. No text is held."""

    prompts: dict[str, PromptFacts] = field(default_factory=dict)
    responses: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def add_prompt(self, *, key: str, text: str, category: str, language: str) -> None:
        self.prompts.setdefault(key, PromptFacts(digest_text(text), category, language))


def digest_text(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def write_messages(messages: Iterable[Mapping[str, str]]) -> str:
    """A prompt as one text: each turn under its role where there are several."""
    turns = list(messages)
    if len(turns) == 1:
        return turns[0]["content"]
    return "\n\n".join(f"{turn['role']}:\n{turn['content']}" for turn in turns)


def read_version(*, prompt_set: PromptSet, as_uploaded: bool = False) -> VersionFacts:
    """The facts of a version that is stored: its responses as raters see them, or as they were before masking."""
    facts = VersionFacts()
    rows = prompt_set.prompts.order_by("pk").values_list("key", "messages", "category", "language")
    for key, messages, category, language in rows.iterator():
        facts.add_prompt(key=key, text=write_messages(messages), category=category, language=language)
    for key, model, digest, original in _read_responses(prompt_set):
        facts.responses[key, model] = bytes.fromhex(original if original and as_uploaded else digest)
    return facts


def _read_responses(prompt_set: PromptSet) -> Iterator[tuple[str, str, str, str]]:
    answers = Response.objects.filter(prompt__prompt_set=prompt_set).order_by("pk")
    return answers.values_list("prompt__key", "model__name", "digest", "original_digest").iterator()


def compare_versions(*, old: PromptSet, new: PromptSet) -> dict[str, Any]:
    """The difference between two versions that are stored, as `describe_difference` says it."""
    return describe_difference(
        old=read_version(prompt_set=old),
        new=read_version(prompt_set=new),
        against=old.version,
        read_old=lambda keys: read_texts(prompt_set=old, keys=keys),
        read_new=lambda keys: read_texts(prompt_set=new, keys=keys),
    )


def read_texts(*, prompt_set: PromptSet, keys: Sequence[str]) -> dict[str, str]:
    rows = Prompt.objects.filter(prompt_set=prompt_set, key__in=keys).values_list("key", "messages")
    return {key: write_messages(messages) for key, messages in rows}


Reader = Callable[[Sequence[str]], Mapping[str, str]]


def describe_difference(
    *, old: VersionFacts, new: VersionFacts, against: int, read_old: Reader, read_new: Reader
) -> dict[str, Any]:
    """Plain JSON: counts of each kind of change, the first ones of each, and the first changed texts word by word."""
    both = [key for key in new.prompts if key in old.prompts]
    changed = [key for key in both if new.prompts[key].digest != old.prompts[key].digest]
    moved = {
        name: [
            {"key": key, "from": getattr(old.prompts[key], name), "to": getattr(new.prompts[key], name)}
            for key in both
            if getattr(new.prompts[key], name) != getattr(old.prompts[key], name)
        ]
        for name in ("category", "language")
    }
    added = [key for key in new.prompts if key not in old.prompts]
    removed = [key for key in old.prompts if key not in new.prompts]
    shown = changed[:MOST_SHOWN]
    before, after = read_old(shown), read_new(shown)
    return {
        "against": against,
        "counts": {
            "added": len(added),
            "removed": len(removed),
            "changed": len(changed),
            "category": len(moved["category"]),
            "language": len(moved["language"]),
            "unchanged": len(both) - len(changed),
        },
        "added": added[:MOST_LISTED],
        "removed": removed[:MOST_LISTED],
        "changed": [
            {"key": key, "parts": show_changes(before.get(key, ""), after.get(key, ""))} for key in shown
        ],
        "category": moved["category"][:MOST_LISTED],
        "language": moved["language"][:MOST_LISTED],
        "responses": _count_responses(old=old.responses, new=new.responses),
    }


def _count_responses(
    *, old: Mapping[tuple[str, str], bytes], new: Mapping[tuple[str, str], bytes]
) -> list[dict[str, Any]]:
    """By model, those with a change: how many answers are added, removed, changed."""
    counts: dict[str, Counter[str]] = {}
    for (key, model), digest in new.items():
        earlier = old.get((key, model))
        kind = "added" if earlier is None else "unchanged" if earlier == digest else "changed"
        counts.setdefault(model, Counter())[kind] += 1
    for key, model in old:
        if (key, model) not in new:
            counts.setdefault(model, Counter())["removed"] += 1
    kinds = ("added", "changed", "removed", "unchanged")
    return [
        {"model": model, **{kind: count[kind] for kind in kinds}}
        for model, count in sorted(counts.items())
        if any(count[kind] for kind in kinds[:3])
    ]


def show_changes(old: str, new: str) -> list[list[str]]:
    """The two texts as parts: ["same" | "removed" | "added", text]. What stays the same is shortened."""
    old, new = old[:LONGEST_SHOWN], new[:LONGEST_SHOWN]
    pattern = WORDS if max(len(old), len(new)) <= LONGEST_BY_WORD else LINES
    before, after = pattern.findall(old), pattern.findall(new)
    parts: list[list[str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            parts.append(["same", "".join(before[first:last])])
            continue
        parts += [["removed", "".join(before[first:last])]] if last > first else []
        parts += [["added", "".join(after[start:end])]] if end > start else []
    return [[kind, _shorten(text) if kind == "same" else text] for kind, text in parts]


def _shorten(text: str) -> str:
    return text if len(text) <= 2 * AROUND + 3 else f"{text[:AROUND]} … {text[-AROUND:]}"
