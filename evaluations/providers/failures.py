"""What went wrong, in words that name no key, no address and no whole body; and whether to try again."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.errors import ProviderFailed, ProviderRefused

SENTENCES: dict[str, str | Promise] = {
    "address": gettext_lazy("The provider’s address is inside a network, or is not found. It was not asked."),
    "broken": gettext_lazy("The provider sent something that is no answer."),
    "busy": gettext_lazy("The provider has too much to do, and asks to come back later."),
    "connection": gettext_lazy("The provider was not reached, or hung up."),
    "ending": gettext_lazy("The answer ended in a way that is not known."),
    "failed": gettext_lazy("The provider failed."),
    "filtered": gettext_lazy("The provider’s content filter stopped the answer."),
    "half": gettext_lazy("The answer broke off."),
    "key": gettext_lazy("The provider does not accept the key."),
    "large": gettext_lazy("The answer is too large to be one."),
    "permission": gettext_lazy("The key may not be used for this."),
    "quota": gettext_lazy("The account at the provider has no credit left."),
    "redirect": gettext_lazy("The provider sends elsewhere. Arena does not follow: enter the final address."),
    "refused": gettext_lazy("The provider refuses the request."),
    "timeout": gettext_lazy("The provider took too long."),
    "unknown_model": gettext_lazy("The provider does not know this model, or nothing is at this address."),
}


def fail(code: str, *, said: str = "", billed: bool = True) -> ProviderFailed:
    """May be better the next time. What was answered by half may be billed all the same."""
    return ProviderFailed(describe_failure(code, said), code=code, said=said, billed=billed)


def refuse(code: str, *, said: str = "") -> ProviderRefused:
    return ProviderRefused(describe_failure(code, said), code=code, said=said)


def describe_failure(code: str, said: str) -> str:
    """The sentence for a failure as it was kept, in the reader's language."""
    sentence = str(SENTENCES.get(code, SENTENCES["failed"]))
    return _("%(sentence)s It says: “%(said)s”") % {"sentence": sentence, "said": said} if said else sentence
