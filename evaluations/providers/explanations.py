"""What an SDK raised, as the house's errors; and a provider's own words without what is private."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import anthropic
import httpcore2
import httpx2
import openai

from evaluations.errors import ProviderBusy, ProviderError
from evaluations.providers.failures import describe_failure, fail, refuse
from evaluations.providers.network import AddressRefused, TooLarge
from evaluations.providers.secret import Secret

LONGEST_SAID = 200
LONGEST_WAIT = 3600.0
BUSY = {429, 503, 529}
AGAIN = {408, 409, 425}
REFUSALS = {401: "key", 403: "permission", 404: "unknown_model"}
# What looks like a key or an address in a provider's words: it echoes them.
PRIVATE = re.compile(
    r"\w+://\S+|\b(?:sk|pk|key|bearer|basic)[-_ :]\S{6,}|\b[A-Za-z0-9_+/=-]{24,}", re.IGNORECASE
)


def explain(error: Exception, *, key: Secret | None) -> ProviderError:
    """The house's error for whatever an SDK raised."""
    inner = list(_unwrap(error))
    if any(isinstance(cause, AddressRefused) for cause in inner):
        return refuse("address")
    if any(isinstance(cause, TooLarge) for cause in inner):
        return fail("large")
    if isinstance(error, openai.APIStatusError | anthropic.APIStatusError):
        return _explain_status(error, key=key)
    if any(isinstance(cause, httpcore2.ConnectError | httpcore2.ConnectTimeout) for cause in inner):
        return fail("connection", billed=False)
    if any(isinstance(cause, httpx2.TimeoutException | httpcore2.TimeoutException) for cause in inner):
        return fail("timeout")
    if any(isinstance(cause, httpx2.TransportError) for cause in inner):
        return fail("half")
    if isinstance(error, openai.APIError | anthropic.APIError):
        return _explain_body(error.body, status=200, headers={}, key=key)
    return fail("broken")


def _unwrap(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _explain_status(
    error: openai.APIStatusError | anthropic.APIStatusError, *, key: Secret | None
) -> ProviderError:
    return _explain_body(error.body, status=error.status_code, headers=error.response.headers, key=key)


def _explain_body(
    body: object, *, status: int, headers: Mapping[str, str], key: Secret | None
) -> ProviderError:
    """By the status, and by the kind of error that the body names: within a stream there is no status."""
    details = _find_details(body)
    kind, said = _name_kind(details), scrub(details.get("message"), key=key)
    if kind in {"insufficient_quota", "billing_error"}:
        return refuse("quota", said=said)
    if status in BUSY or kind in {"overloaded_error", "rate_limit_error", "rate_limit_exceeded"}:
        wait = read_retry_after(headers, now=time.time())
        return ProviderBusy(describe_failure("busy", ""), retry_after=wait, code="busy")
    if kind in {"content_filter", "content_policy_violation"}:
        return refuse("filtered", said=_name_filters(details) or said)
    if 300 <= status < 400:
        return refuse("redirect")
    if status < 300 or status >= 500 or status in AGAIN:
        return fail("failed", said=said or (str(status) if status >= 300 else ""), billed=status < 300)
    if status in REFUSALS:
        return refuse(REFUSALS[status], said="" if status == 401 else said)
    return refuse("refused", said=said or str(status))


def _find_details(body: object) -> Mapping[str, Any]:
    """The object with `message`, `type` and `code`: OpenAI's SDK unpacks it, Anthropic's does not."""
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        body = body["error"]
    return body if isinstance(body, Mapping) else {}


def _name_kind(details: Mapping[str, Any]) -> str:
    known = [details.get("code"), details.get("type")]
    return next((kind for kind in known if isinstance(kind, str) and kind), "")


def _name_filters(details: Mapping[str, Any]) -> str:
    """Azure says which of its filters stopped it: `hate (high)`."""
    inner = details.get("innererror")
    results = inner.get("content_filter_result") if isinstance(inner, Mapping) else None
    if not isinstance(results, Mapping):
        return ""
    hit = [
        f"{name} ({result.get('severity', '–')})"
        for name, result in results.items()
        if isinstance(result, Mapping) and result.get("filtered")
    ]
    return ", ".join(hit)[:LONGEST_SAID]


def scrub(message: object, *, key: Secret | None) -> str:
    """A provider's own words without what looks private, on one line, and not many."""
    text = message if isinstance(message, str) else ""
    if key is not None and key.reveal():
        text = text.replace(key.reveal(), "…")
    text = PRIVATE.sub("…", " ".join(text.split()))
    return text if len(text) <= LONGEST_SAID else text[: LONGEST_SAID - 1] + "…"


def read_retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds to wait, at most an hour: `retry-after-ms`, or `retry-after` in seconds or as a date."""
    text = headers.get("retry-after", "").strip()
    try:
        if headers.get("retry-after-ms"):
            seconds = float(headers["retry-after-ms"]) / 1000
        elif re.fullmatch(r"[0-9.]+", text):
            seconds = float(text)
        else:
            seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None
