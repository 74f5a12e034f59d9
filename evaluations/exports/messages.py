"""Messages of a conversation as nested columns."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

Message: TypeAlias = dict[str, Any]

# {"role", "content"} as prompts have them, and as TRL takes them.
MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

# LMArena's: content in parts, each a text or an image.
PARTS = pa.list_(
    pa.struct(
        [("type", pa.string()), ("text", pa.string()), ("image", pa.string()), ("mimeType", pa.string())]
    )
)
MESSAGE_IN_PARTS = pa.struct([("role", pa.string()), ("content", PARTS)])


def split_in_parts(message: Mapping[str, Any]) -> Message:
    part = {"type": "text", "text": message["content"], "image": None, "mimeType": None}
    return {"role": message["role"], "content": [part]}


def answer(text: str) -> Message:
    return {"role": "assistant", "content": text}


def list_turns(*, messages: Sequence[Mapping[str, Any]], left: str, right: str) -> list[dict[str, Message]]:
    """LMArena's full conversation: what the user said, and what came on each side.

    Earlier answers are part of the prompt, and the same on both sides. A system message is said by nobody of the
    three and is left out.
    """
    turns: list[dict[str, Message]] = []
    for message in messages:
        parts = split_in_parts(message)
        if message["role"] == "user":
            turns.append({"user": parts, "model_side_a": None, "model_side_b": None})  # type: ignore[dict-item]
        elif message["role"] == "assistant" and turns:
            turns[-1].update(model_side_a=parts, model_side_b=parts)
    sides = {"model_side_a": split_in_parts(answer(left)), "model_side_b": split_in_parts(answer(right))}
    return [*turns[:-1], {**turns[-1], **sides}] if turns else []
