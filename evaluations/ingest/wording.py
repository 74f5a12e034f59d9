"""How the sentences about files are kept: as templates, which the layer that shows them translates first. Pure."""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators' tools; changes nothing."""
    return text


class Word(str):
    """A value in a sentence that is translated like the sentence itself."""

    __slots__ = ()


@dataclass(frozen=True)
class Message:
    """What is wrong, and what to do about it."""

    problem: str
    remedy: str
    severity: str = ERROR
