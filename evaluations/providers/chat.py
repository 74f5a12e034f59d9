"""Chat completions, as OpenAI, Azure and the compatible servers speak them, through OpenAI's SDK."""

from collections.abc import Iterable, Mapping
from typing import Any

from openai import OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.completion_usage import CompletionUsage

from evaluations.providers.answers import Answer, Question
from evaluations.providers.failures import fail, refuse

ENDINGS = {
    "stop": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
}


def ask_chat(*, client: OpenAI, question: Question, limit_field: str, stream: bool) -> Answer:
    """The answer of one chat completion. Raises ProviderFailed where it is no whole one, and what the SDK raises."""
    body = build_body(question=question, limit_field=limit_field)
    if question.options.stream if question.options.stream is not None else stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    completion = client.chat.completions.create(**body)
    if isinstance(completion, Stream):
        with completion:
            return gather_chunks(completion)
    if not isinstance(completion, ChatCompletion):
        raise fail("broken")
    return read_completion(completion)


def build_body(*, question: Question, limit_field: str) -> dict[str, Any]:
    options = question.options
    system = [{"role": "system", "content": options.system}] if options.system else []
    wanted = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "reasoning_effort": options.reasoning_effort,
    }
    return {
        "model": question.model,
        "messages": [*system, *({"role": m["role"], "content": m["content"]} for m in question.messages)],
        options.limit_field or limit_field: options.max_tokens,
        **{name: value for name, value in wanted.items() if value is not None},
    }


def read_completion(completion: ChatCompletion) -> Answer:
    if not completion.choices:
        raise fail("broken")
    choice = completion.choices[0]
    text, refusal = _read_text(choice.message.content), choice.message.refusal or ""
    return _finish(
        text=text,
        refusal=refusal,
        ending=choice.finish_reason,
        usage=completion.usage,
        answered_by=completion.model,
    )


def gather_chunks(chunks: Iterable[ChatCompletionChunk]) -> Answer:
    """A stream that ends before it says how it finished is half an answer, and no answer."""
    texts: list[str] = []
    refusals: list[str] = []
    ending: str | None = None
    usage: CompletionUsage | None = None
    answered_by = ""
    for chunk in chunks:
        answered_by = chunk.model or answered_by
        usage = chunk.usage or usage
        for choice in (chunk.choices or [])[:1]:
            texts.append(_read_text(choice.delta.content))
            refusals.append(choice.delta.refusal or "")
            ending = choice.finish_reason or ending
    return _finish(
        text="".join(texts),
        refusal="".join(refusals),
        ending=ending,
        usage=usage,
        answered_by=answered_by,
    )


def _read_text(content: object) -> str:
    """Some servers send a list of parts instead of a text; the parts that are no text are no answer."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise fail("broken")
    parts: list[Mapping[str, Any]] = [part for part in content if isinstance(part, Mapping)]
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _finish(
    *, text: str, refusal: str, ending: str | None, usage: CompletionUsage | None, answered_by: str | None
) -> Answer:
    if ending is None:
        raise fail("half")
    if ending == "content_filter":
        raise refuse("filtered")
    if ending not in ENDINGS:
        raise refuse("ending", said=ending)
    return Answer(
        text=text or refusal,
        finish_reason="refusal" if refusal and not text else ENDINGS[ending],
        tokens_in=_count(usage.prompt_tokens if usage else None),
        tokens_out=_count(usage.completion_tokens if usage else None),
        latency_ms=0,
        answered_by=str(answered_by or "")[:200],
    )


def _count(tokens: object) -> int | None:
    return tokens if isinstance(tokens, int) and 0 <= tokens < 2**31 else None
