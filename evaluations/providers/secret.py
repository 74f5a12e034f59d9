"""A key as it passes from hand to hand: whatever prints it prints nothing of it."""


class Secret:
    """A text that only `reveal` gives away: not repr, str, a format, a pickle, or the page of an error."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("A secret is not serialised.")
