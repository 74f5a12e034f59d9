class StartError(Exception):
    """Something can't start. The message says what happened and what to do."""


class HomeInUse(StartError):  # noqa: N818 - reads as the sentence it carries
    """Another process owns the servers of this home."""
