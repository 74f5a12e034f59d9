"""What answers cost: about how much, at most how much, and how much it was. Prices are for one million tokens."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal

from evaluations.models import LanguageModel
from evaluations.providers import Answer, Options

MILLION = Decimal(1_000_000)
SMALLEST = Decimal("0.00000001")
# What a provider puts around each message, and around all of them; generous.
TOKENS_A_MESSAGE = 16
# Rules of thumb, for an estimate only: four bytes a token, and answers of some four hundred words.
BYTES_A_TOKEN = 4
USUAL_ANSWER = 600


def has_prices(model: LanguageModel) -> bool:
    return model.price_in is not None and model.price_out is not None


def count_bytes(*, messages: Sequence[Mapping[str, str]], options: Options) -> tuple[int, int]:
    """UTF-8 bytes of what is sent, and the number of messages."""
    texts = [options.system, *(message["content"] for message in messages)]
    return sum(len(text.encode()) for text in texts), len(texts)


def bound_cost(*, model: LanguageModel, size: tuple[int, int], options: Options) -> Decimal:
    """At most: a tokenizer over bytes makes no more tokens than there are bytes, and the answer is bounded."""
    length, messages = size
    return price(model=model, tokens_in=length + TOKENS_A_MESSAGE * messages, tokens_out=options.max_tokens)


def estimate_cost(*, model: LanguageModel, size: tuple[int, int], options: Options) -> Decimal:
    """About how much, by rules of thumb."""
    length, messages = size
    tokens_in = length // BYTES_A_TOKEN + TOKENS_A_MESSAGE // 2 * messages
    return price(model=model, tokens_in=tokens_in, tokens_out=min(USUAL_ANSWER, options.max_tokens))


def settle_cost(*, model: LanguageModel, answer: Answer, reserved: Decimal) -> Decimal:
    """What it was; where the provider does not count tokens, the most that it can have been."""
    if answer.tokens_in is None or answer.tokens_out is None:
        return reserved
    return price(model=model, tokens_in=answer.tokens_in, tokens_out=answer.tokens_out)


def price(*, model: LanguageModel, tokens_in: int, tokens_out: int) -> Decimal:
    cost = (model.price_in or Decimal(0)) * tokens_in + (model.price_out or Decimal(0)) * tokens_out
    return (cost / MILLION).quantize(SMALLEST, rounding=ROUND_UP)
