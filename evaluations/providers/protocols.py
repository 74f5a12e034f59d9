"""Which module speaks which protocol. Importing this loads the SDKs: see `asking.py`."""

from evaluations.providers import anthropic, azure, compatible, openai
from evaluations.providers.explanations import explain

PROTOCOLS = {
    "openai": openai.ask,
    "azure": azure.ask,
    "anthropic": anthropic.ask,
    "compatible": compatible.ask,
}

__all__ = ["PROTOCOLS", "explain"]
