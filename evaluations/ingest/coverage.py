"""What a prompt set's files would make, counted while they are checked. Pure: no Django."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PREVIEWED = 5
LONGEST_PREVIEW = 280
# A category in every row is a mistake, and no matrix.
MOST_CATEGORIES = 50
# A matrix of single prompts is read by eye: beyond this, categories say more.
MOST_PROMPTS = 200
MOST_MODELS = 40


@dataclass(frozen=True, kw_only=True)
class PromptSetSummary:
    """What the files would make. Raters can be shown `comparable` prompts: two responses or more.

    coverage is {"models": [names], "rows": [{"category", "prompts", "responses": [one count a model]}]};
    models_coverage is {"models": [names], "rows": [{"prompt", "category", "responses": [one boolean a model]}]}, or
    empty where there are too many of either. Where responses are added to prompts that are there, both count what is
    there too; `responses` counts the new ones only.
    """

    prompts: int = 0
    responses: int = 0
    models: int = 0
    comparable: int = 0
    coverage: dict[str, Any] = field(default_factory=dict)
    models_coverage: dict[str, Any] = field(default_factory=dict)
    preview: list[dict[str, str]] = field(default_factory=list)


class Coverage:
    """Counts by category and model; by prompt and model as long as that is a matrix somebody can read."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.prompts: Counter[str] = Counter()
        self.cells: Counter[tuple[str, str]] = Counter()
        self.answers: Counter[str] = Counter()
        self.existing = 0
        self.preview: list[dict[str, str]] = []
        # The first prompts' categories, and the models that answered them.
        self.categories: dict[str, str] = {}
        self.answered: dict[str, set[str]] = {}

    def add_model(self, key: str, *, name: str) -> None:
        self.names.setdefault(key, name)

    def add_prompt(self, key: str, *, text: str, category: str, language: str) -> None:
        self.count_prompt(key, category=category)
        self.add_preview(key, text=text, category=category, language=language)

    def count_prompt(self, key: str, *, category: str) -> None:
        self.prompts[category] += 1
        if len(self.categories) <= MOST_PROMPTS:
            self.categories[key] = category

    def add_preview(self, key: str, *, text: str, category: str, language: str) -> None:
        if len(self.preview) < PREVIEWED:
            shown = text if len(text) <= LONGEST_PREVIEW else text[: LONGEST_PREVIEW - 1] + "…"
            self.preview.append({"id": key, "text": shown, "category": category, "language": language})

    def add_response(self, *, prompt: str, category: str, model: str) -> None:
        self.answers[prompt] += 1
        self.cells[category, model] += 1
        if prompt in self.categories:
            self.answered.setdefault(prompt, set()).add(model)

    def add_existing(self, *, prompt: str, category: str, model: str) -> None:
        """A response that is there before these files come."""
        self.existing += 1
        self.add_response(prompt=prompt, category=category, model=model)

    def summarise(self) -> PromptSetSummary:
        return PromptSetSummary(
            prompts=self.prompts.total(),
            responses=self.answers.total() - self.existing,
            models=len(self.names),
            comparable=sum(1 for count in self.answers.values() if count > 1),
            coverage={"models": list(self.names.values()), "rows": self._list_categories()},
            models_coverage=self._cover_prompts(),
            preview=self.preview,
        )

    def _list_categories(self) -> list[dict[str, Any]]:
        return [
            {
                "category": category,
                "prompts": prompts,
                "responses": [self.cells[category, model] for model in self.names],
            }
            for category, prompts in self.prompts.most_common(MOST_CATEGORIES)
        ]

    def _cover_prompts(self) -> dict[str, Any]:
        if len(self.categories) > MOST_PROMPTS or len(self.names) > MOST_MODELS:
            return {}
        rows = [
            {
                "prompt": prompt,
                "category": category,
                "responses": [model in self.answered.get(prompt, ()) for model in self.names],
            }
            for prompt, category in self.categories.items()
        ]
        return {"models": list(self.names.values()), "rows": rows}
