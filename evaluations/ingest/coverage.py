"""What a prompt set's files would make, counted while they are checked. Pure: no Django."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PREVIEWED = 5
LONGEST_PREVIEW = 280
# A category in every row is a mistake, and no matrix.
MOST_CATEGORIES = 50


@dataclass(frozen=True, kw_only=True)
class PromptSetSummary:
    """What the files would make. Raters can be shown `comparable` prompts: two responses or more.

    coverage is {"models": [names], "rows": [{"category", "prompts", "responses": [one count a model]}]}.
    """

    prompts: int = 0
    responses: int = 0
    models: int = 0
    comparable: int = 0
    coverage: dict[str, Any] = field(default_factory=dict)
    preview: list[dict[str, str]] = field(default_factory=list)


class Coverage:
    """Counts by category and model."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.prompts: Counter[str] = Counter()
        self.cells: Counter[tuple[str, str]] = Counter()
        self.answers: Counter[str] = Counter()
        self.preview: list[dict[str, str]] = []

    def add_model(self, key: str, *, name: str) -> None:
        self.names.setdefault(key, name)

    def add_prompt(self, key: str, *, text: str, category: str, language: str) -> None:
        self.prompts[category] += 1
        if len(self.preview) < PREVIEWED:
            shown = text if len(text) <= LONGEST_PREVIEW else text[: LONGEST_PREVIEW - 1] + "…"
            self.preview.append({"id": key, "text": shown, "category": category, "language": language})

    def add_response(self, *, prompt: str, category: str, model: str) -> None:
        self.answers[prompt] += 1
        self.cells[category, model] += 1

    def summarise(self) -> PromptSetSummary:
        rows = [
            {
                "category": category,
                "prompts": prompts,
                "responses": [self.cells[category, model] for model in self.names],
            }
            for category, prompts in self.prompts.most_common(MOST_CATEGORIES)
        ]
        return PromptSetSummary(
            prompts=self.prompts.total(),
            responses=self.answers.total(),
            models=len(self.names),
            comparable=sum(1 for count in self.answers.values() if count > 1),
            coverage={"models": list(self.names.values()), "rows": rows},
            preview=self.preview,
        )
