"""How long a session takes, told before it begins."""

from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# To read two answers of a few paragraphs and to weigh them. Rather too long than too short: whoever is done sooner
# is glad, whoever is held longer than told was told wrong.
SECONDS_PER_COMPARISON = 45


def tell_duration(*, comparisons: int) -> str:
    """“about 30 minutes”: rounded up to a time that people plan with."""
    minutes = max(1, ceil(comparisons * SECONDS_PER_COMPARISON / 60))
    if minutes > 90:
        hours = ceil(minutes / 60)
        return _("about %(number)s hours") % {"number": hours}
    if minutes > 10:
        minutes = 5 * ceil(minutes / 5)
    words = ngettext("about %(number)s minute", "about %(number)s minutes", minutes)
    return words % {"number": minutes}
