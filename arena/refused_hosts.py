"""What the log says of a request by a name under which this copy is not reached."""

import logging


class AsWarning(logging.Filter):
    """A line without a trace: anyone can send such a request, and an operator who forgot a name in ALLOWED_HOSTS still
    reads why nobody gets in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
        return True
