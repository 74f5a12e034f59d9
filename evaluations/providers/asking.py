"""One question to one provider: asked in its protocol, and what any failure means."""

import logging
import time
from dataclasses import replace
from importlib import import_module

from evaluations.errors import ProviderError
from evaluations.providers.answers import Answer, Question
from evaluations.providers.connections import Connection

logger = logging.getLogger(__name__)

# The SDKs take seconds and a hundred megabytes: only a process that asks a provider loads them.
PROTOCOLS = "evaluations.providers.protocols"


def ask_provider(*, connection: Connection, question: Question) -> Answer:
    """The whole answer. Never retries: whoever calls knows when, and whether there is money left.

    Raises ProviderBusy, ProviderFailed or ProviderRefused. They carry no cause: the SDKs' own errors hold requests.
    """
    protocols = import_module(PROTOCOLS)
    start = time.monotonic()
    failure: ProviderError
    try:
        answer: Answer = protocols.PROTOCOLS[connection.protocol](connection, question)
        return replace(answer, latency_ms=round((time.monotonic() - start) * 1000))
    except ProviderError as error:
        failure = error
    except Exception as error:  # what the SDKs raise on broken answers is no closed list
        failure = protocols.explain(error, key=connection.key)
        # Its name only: messages and traces of the SDKs may hold what was sent.
        logger.info("%s: %s (%s)", connection.protocol, failure.code, type(error).__name__)
    raise failure from None
