"""Anthropic's messages, through its SDK."""

from collections.abc import Iterable
from typing import Any

from anthropic import Anthropic, Stream
from anthropic.types import Message, RawMessageStreamEvent

from evaluations.providers.answers import Answer, Question
from evaluations.providers.connections import PLACEHOLDER, Connection, open_client
from evaluations.providers.failures import fail, refuse

ENDINGS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


def ask(connection: Connection, question: Question) -> Answer:
    """In pieces unless the model's options say otherwise."""
    with open_client(connection=connection, credentials={"x-api-key": ""}) as http:
        client = Anthropic(
            api_key=PLACEHOLDER,
            base_url=connection.base_url,
            http_client=http,
            timeout=connection.timeout,
            max_retries=0,
            open_telemetry=False,
        )
        message = client.messages.create(**build_body(question), stream=question.options.stream is not False)
        if isinstance(message, Stream):
            with message:
                return gather_events(message)
        if not isinstance(message, Message):
            raise fail("broken")
        return read_message(message)


def build_body(question: Question) -> dict[str, Any]:
    """Instructions are no message here: those of the options and of the prompt go together, in order."""
    options = question.options
    instructions = [options.system, *(m["content"] for m in question.messages if m["role"] == "system")]
    system = "\n\n".join(text for text in instructions if text)
    # The SDK no longer names them, since its newest models refuse them; the earlier models take them.
    sampling = {"temperature": options.temperature, "top_p": options.top_p}
    return {
        "model": question.model,
        "max_tokens": options.max_tokens,
        "messages": [
            {"role": m["role"], "content": m["content"]} for m in question.messages if m["role"] != "system"
        ],
        **({"system": system} if system else {}),
        **({"output_config": {"effort": options.reasoning_effort}} if options.reasoning_effort else {}),
        "extra_body": {name: value for name, value in sampling.items() if value is not None} or None,
    }


def read_message(message: Message) -> Answer:
    text = "".join(block.text for block in message.content if block.type == "text")
    usage = message.usage
    return _finish(
        text=text,
        ending=message.stop_reason,
        tokens_in=_count_input(usage),
        tokens_out=usage.output_tokens if usage else None,
        answered_by=message.model,
    )


def gather_events(events: Iterable[RawMessageStreamEvent]) -> Answer:
    """A stream without its `message_stop` is half an answer, and no answer."""
    texts: list[str] = []
    ending: str | None = None
    tokens_in = tokens_out = None
    answered_by, whole = "", False
    for event in events:
        match event.type:
            case "message_start":
                tokens_in, answered_by = _count_input(event.message.usage), event.message.model
            case "content_block_start" if event.content_block.type == "text":
                texts.append(event.content_block.text)
            case "content_block_delta" if event.delta.type == "text_delta":
                texts.append(event.delta.text)
            case "message_delta":
                ending = event.delta.stop_reason or ending
                tokens_out = event.usage.output_tokens
            case "message_stop":
                whole = True
    return _finish(
        text="".join(texts),
        ending=ending if whole else None,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        answered_by=answered_by,
    )


def _count_input(usage: Any) -> int | None:
    """What is read from or written to a cache is input too."""
    if usage is None:
        return None
    cached = (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    return int(usage.input_tokens) + cached


def _finish(
    *, text: str, ending: str | None, tokens_in: int | None, tokens_out: int | None, answered_by: str
) -> Answer:
    if ending is None:
        raise fail("half")
    if ending == "refusal":
        raise refuse("filtered")
    if ending not in ENDINGS:
        raise refuse("ending", said=ending)
    return Answer(
        text=text,
        finish_reason=ENDINGS[ending],
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        latency_ms=0,
        answered_by=str(answered_by or "")[:200],
    )
