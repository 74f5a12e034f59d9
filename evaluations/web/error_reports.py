"""Pages and mails about unexpected errors: what is marked as sensitive stays hidden, with DEBUG on too."""

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class SafeReports(SafeExceptionReporterFilter):
    """Django shows everything where DEBUG is on; a key that was typed in is nothing to be shown on any screen."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True
