"""What a thousand responses of a model cost, by its prices and by how long its responses to the prompts are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Avg, CharField, Count, F, Func, IntegerField
from django.db.models.functions import Cast

from evaluations.generation.costs import BYTES_A_TOKEN, MILLION, TOKENS_A_MESSAGE, has_prices
from evaluations.models import LanguageModel, Prompt, PromptSet, Response

RESPONSES = 1000
# Of a prompt and of a response, where nobody may know yet how long they are.
ASSUMED_TOKENS = 500.0


@dataclass(frozen=True, kw_only=True)
class ResponseCost:
    """cost: of RESPONSES responses, in `currency`. tokens_in, tokens_out: on average of one. counted: by the provider
    that generated them all, else they are estimated from the length of the texts; assumed: nothing was looked at."""

    model: LanguageModel
    cost: float
    currency: str
    tokens_in: float
    tokens_out: float
    counted: bool
    assumed: bool = False


def measure_costs(*, prompt_set: PromptSet, models: Iterable[LanguageModel]) -> list[ResponseCost]:
    """Of the models that have prices and answered, in their order. One that costs nothing has the cost 0."""
    priced = [model for model in models if has_prices(model)]
    tokens = _measure_tokens(prompt_set.pk, tuple(sorted(model.pk for model in priced))) if priced else {}
    return [_multiply(model, *tokens[model.pk]) for model in priced if model.pk in tokens]


def assume_costs(*, models: Iterable[LanguageModel]) -> list[ResponseCost]:
    """As if all were as long, ASSUMED_TOKENS tokens: the prices alone, which tell nothing of a model's responses."""
    tokens = (ASSUMED_TOKENS, ASSUMED_TOKENS, False)
    return [replace(_multiply(model, *tokens), assumed=True) for model in models if has_prices(model)]


def choose_currency(costs: Sequence[ResponseCost]) -> str:
    """The one that most of them have; of several, the first by name. "" without any."""
    names = [cost.currency for cost in costs]
    return min(names, key=lambda name: (-names.count(name), name), default="")


def _multiply(model: LanguageModel, tokens_in: float, tokens_out: float, counted: bool) -> ResponseCost:
    price_in, price_out = float(model.price_in or 0), float(model.price_out or 0)
    return ResponseCost(
        model=model,
        cost=RESPONSES * (price_in * tokens_in + price_out * tokens_out) / float(MILLION),
        currency=model.currency,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        counted=counted,
    )


@lru_cache(maxsize=128)
def _measure_tokens(prompt_set_id: int, model_ids: tuple[int, ...]) -> dict[int, tuple[float, float, bool]]:
    """Tokens in and out on average, and whether a provider counted them, by model.

    Kept: a prompt set is never edited, and once a study of it is open no response is added or changed.
    """
    said = _estimate_tokens_in(prompt_set_id)
    rows = (
        Response.objects.filter(prompt__prompt_set=prompt_set_id, model__in=model_ids)
        .order_by()
        .values_list("model_id")
        .annotate(
            responses=Count("pk"),
            length=Avg(_count_bytes(F("text"))),
            counts=Count(F("generation__tokens_in") + F("generation__tokens_out")),
            tokens_in=Avg("generation__tokens_in"),
            tokens_out=Avg("generation__tokens_out"),
        )
    )
    return {
        model: (float(sent), float(received), True)
        if counts == responses
        else (said, float(length) / BYTES_A_TOKEN, False)
        for model, responses, length, counts, sent, received in rows
    }


def _estimate_tokens_in(prompt_set_id: int) -> float:
    """Of a prompt, on average: JSON's own signs around its messages stand for what a provider puts there."""
    prompts = Prompt.objects.filter(prompt_set=prompt_set_id)
    length = prompts.aggregate(length=Avg(_count_bytes(Cast("messages", CharField()))))["length"]
    return float(length or 0) / BYTES_A_TOKEN + TOKENS_A_MESSAGE / 2


def _count_bytes(text: F | Cast) -> Func:
    return Func(text, function="octet_length", output_field=IntegerField())
