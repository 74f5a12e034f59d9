"""Why a model has no place, or an interval its width, as `evaluations.ranking` says it, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Why a model has no place, as `evaluations.ranking` and `evaluations.leaderboards` say it.
REASONS = (
    gettext_noop("has no vote yet"),
    gettext_noop("has no votes"),
    gettext_noop("is not ranked, because this analysis of these votes was refused"),
    gettext_noop("has only votes that called both answers bad, and these are left out"),
    gettext_noop("has won every battle"),
    gettext_noop("has lost every battle"),
    gettext_noop("is never compared, directly or through others, with the models of the largest group"),
    gettext_noop(
        "has never lost or tied against the models of the largest group, directly or through others"
    ),
    gettext_noop("has never won or tied against the models of the largest group, directly or through others"),
    gettext_noop(
        "is compared with the models of the largest group only through models that always won or always lost"
    ),
    gettext_noop("is in no group of models that have both won and lost against each other"),
)
# On what an interval rests where the votes alone do not give it, as `evaluations.ranking` says it.
CAUTIONS = (
    "has only ties, so its interval is the one that the model expects, not one seen in the votes",
    gettext_noop("was judged by one rater, so its interval takes that rater's votes as independent"),
    gettext_noop("was judged on one prompt, so its interval takes the votes on it as independent"),
    gettext_noop(
        "was judged by few of the raters, so its interval adds the variation that the model expects"
    ),
    gettext_noop(
        "was judged on few of the prompts, so its interval adds the variation that the model expects"
    ),
    gettext_noop("was judged alike throughout, so its interval adds the variation that the model expects"),
)
# Snapshots keep the words that the ranking had; where these say less than a reader needs, others are shown.
SHOWN = {
    "has only ties, so its interval is the one that the model expects, not one seen in the votes": gettext_noop(
        "has only ties with the models that have a place, so its interval is the one that the model expects, not one "
        "seen in the votes"
    ),
}
# Of a model without a place: no model with one ever beat it.
AHEAD = frozenset(
    {
        "has won every battle",
        "has never lost or tied against the models of the largest group, directly or through others",
    }
)


def describe_reason(reason: str) -> str:
    """Why a model has no place, or an interval its width, in the reader's language."""
    return _(SHOWN.get(reason, reason))
