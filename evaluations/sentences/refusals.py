"""Why votes cannot be ranked in some way, in the reader's language, from the words in which `ranking` says it.

Those words are part of a published snapshot, in English; what none of the sentences here is about is quoted.
"""

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from evaluations.sentences.methods import name_features

# The reason, and the sentence for it. (?P<features>…): names of effects that it is about.
SENTENCES: Final = (
    (
        r"There is no difference of (?P<features>.+) in any vote of the fit",
        gettext_noop("No ranking: the two responses of a vote never differ in %(features)s."),
    ),
    (
        r"The fit still moves by .* no finite value: (?P<features>.+)\.$",
        gettext_noop(
            "No ranking: the fit comes to no answer on these votes. They may set no bound to an effect of style "
            "(%(features)s)."
        ),
    ),
    (
        r"The fit has no finite answer",
        gettext_noop("No ranking: the votes do not tie these models together."),
    ),
    (
        r"The fit (still moves|has no answer)",
        gettext_noop("No ranking: the fit comes to no answer on these votes."),
    ),
    (
        r"Every vote of the fit is a tie",
        gettext_noop("No ranking: every vote is a tie, so that a parameter of ties has no finite value."),
    ),
    (
        r"The wins all go one way",
        gettext_noop("No ranking: the wins all go one way, so that a parameter of ties has no finite value."),
    ),
    (
        r'cluster="rater" needs the votes of at least two raters',
        gettext_noop(
            "No ranking: all these votes are of one rater, and an interval needs two raters or more."
        ),
    ),
    (
        r'cluster="prompt" needs the votes of at least two prompts',
        gettext_noop(
            "No ranking: all these votes are on one prompt, and an interval needs two prompts or more."
        ),
    ),
    (
        r"A ranking needs votes on at least two models",
        gettext_noop("No ranking: these votes are on fewer than two models."),
    ),
    (
        r"The anchor .* cannot be placed",
        gettext_noop("No ranking: the model that sets the scale has no place in these votes."),
    ),
    (
        r"In \d+ of \d+ bootstrap samples|Every resample of these votes|.* a resample of ties varies nothing",
        gettext_noop(
            "No ranking: these votes are too few, or too much alike, for an interval from resamples."
        ),
    ),
)
APART: Final = re.compile(r"The effects of (?P<features>.+) cannot be told apart")


def describe_reason_of_refusal(reason: str) -> str:
    """A sentence that begins “No ranking:”."""
    if found := APART.match(reason):
        return _say_inseparable(found["features"].split(", "))
    for pattern, sentence in SENTENCES:
        if found := re.match(pattern, reason):
            named = found.groupdict().get("features", "")
            return _(sentence) % {"features": name_features(named.split(", "))}
    return _("No ranking: these votes cannot be ranked in this way. The computation says: “%(reason)s”") % {
        "reason": reason
    }


def _say_inseparable(features: list[str]) -> str:
    sentence = ngettext(
        "No ranking: in these votes, the effect of %(features)s cannot be told apart from the models.",
        "No ranking: in these votes, the effects of %(features)s cannot be told apart from each other or from the "
        "models.",
        len(features),
    )
    return sentence % {"features": name_features(features)}
