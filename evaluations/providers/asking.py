"""One question to one provider: which module speaks its protocol, and what any failure means."""

import logging
import time
from dataclasses import replace

from evaluations.errors import ProviderError
from evaluations.providers import anthropic, azure, compatible, openai
from evaluations.providers.answers import Answer, Question
from evaluations.providers.connections import Connection
from evaluations.providers.failures import explain

logger = logging.getLogger(__name__)

PROTOCOLS = {
    "openai": openai.ask,
    "azure": azure.ask,
    "anthropic": anthropic.ask,
    "compatible": compatible.ask,
}


def ask_provider(*, connection: Connection, question: Question) -> Answer:
    """The whole answer. Never retries: whoever calls knows when, and whether there is money left.

    Raises ProviderBusy, ProviderFailed or ProviderRefused. They carry no cause: the SDKs' own errors hold requests.
    """
    start = time.monotonic()
    failure: ProviderError
    try:
        answer = PROTOCOLS[connection.protocol](connection, question)
        return replace(answer, latency_ms=round((time.monotonic() - start) * 1000))
    except ProviderError as error:
        failure = error
    except Exception as error:  # what the SDKs raise on broken answers is no closed list
        failure = explain(error, key=connection.key)
        # Its name only: messages and traces of the SDKs may hold what was sent.
        logger.info("%s: %s (%s)", connection.protocol, failure.code, type(error).__name__)
    raise failure from None
