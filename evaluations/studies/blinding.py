"""What a study's settings mean for its blinding, said before it opens: where a rater could know a name too soon."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from evaluations.models import Study
from evaluations.publicity import find_asking
from evaluations.sentences import join_names, write_number
from evaluations.studies.pairs import count_fresh


def warn_of_names(*, study: Study) -> Iterator[str]:
    """Sentences, none where nothing is to be said."""
    others = find_asking(study=study)
    if not study.reveals_after_vote:
        others = others.filter(reveal=Study.Reveal.AFTER_VOTE)
    found = others.order_by("title").values_list("title", flat=True)
    titles = [_("“%(title)s”") % {"title": title} for title in found]
    if titles:
        yield _(
            "The same prompts are asked now in %(studies)s. Where names are shown after a vote, whoever rates in both "
            "may know who wrote what. Show names at the close, or open this study when the other has closed."
        ) % {"studies": join_names(titles)}
    fresh = count_fresh(study=study)
    if study.reveals_after_vote and fresh < study.session_length:
        yield _(
            "Where names are shown after a vote no response comes twice: a session ends after %(most)s comparisons, "
            "before the %(length)s that are planned."
        ) % {"most": write_number(fresh), "length": write_number(study.session_length)}
