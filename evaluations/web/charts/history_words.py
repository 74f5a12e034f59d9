"""The history of scores in sentences: since when the same models lead, and of which snapshots that is said."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import Board, BoardRow
from evaluations.history import MOST_POINTS, Standing
from evaluations.sentences import join_names
from evaluations.templatetags.figures import day
from evaluations.web.charts.words import IN_SENTENCE, shorten_name, write_points

# Models with a name and an interval; leaders that a sentence bears.
MOST_NAMED, MOST_LEADERS = 5, 3


def list_leaders(standing: Standing) -> frozenset[str]:
    """Models that could be first."""
    return frozenset(slug for slug, figures in standing.models.items() if figures[3] == 1)


def find_lead(rows: Sequence[BoardRow], standings: Sequence[Standing]) -> str:
    """Since when the same models lead, of the snapshots that are drawn."""
    leaders = list_leaders(standings[-1])
    since = standings[-1]
    for standing in reversed(standings):
        if list_leaders(standing) != leaders:
            break
        since = standing
    names = [shorten_name(row.model.name, most=IN_SENTENCE) for row in rows if row.model.slug in leaders]
    values = {"names": join_names(names), "number": write_points(len(names)), "day": day(since.at)}
    if len(leaders) == len(standings[-1].models) > 1:
        return _("No model leads: since %(day)s each of these could be first") % values
    if len(names) > MOST_LEADERS:
        return (
            ngettext(
                "The same %(number)s model has shared the lead since %(day)s",
                "The same %(number)s models have shared the lead since %(day)s",
                len(names),
            )
            % values
        )
    if since is standings[-1]:
        return (
            ngettext(
                "New in the lead on %(day)s: %(names)s", "New in the lead on %(day)s: %(names)s", len(names)
            )
            % values
        )
    return (
        ngettext("%(names)s has led since %(day)s", "%(names)s have led since %(day)s", len(names)) % values
    )


def say_nothing_to_compare(board: Board, *, published: int) -> str:
    """“One so far” only of one: others may count the same votes anew, and those by the other rule are left out."""
    if published > 1:
        return _("All snapshots so far count the same votes, so that there is nothing to compare.")
    if board.is_raw:
        return _("One snapshot without exclusions so far, so that there is nothing to compare it with.")
    return _("One snapshot so far, so that there is nothing to compare it with.")


def say_what_is_measured(
    board: Board, standings: Sequence[Standing], *, published: int, cut: bool
) -> Iterator[str]:
    """cut: whether an interval goes beyond the picture."""
    values = {"number": write_points(len(standings)), "all": write_points(published)}
    if published <= len(standings):
        yield (
            ngettext(
                "Scores in %(number)s snapshot, with their intervals.",
                "Scores in %(number)s snapshots, with their intervals.",
                len(standings),
            )
            % values
        )
    elif len(standings) < MOST_POINTS:
        yield (
            _("Scores in %(number)s of %(all)s snapshots, the last of each hour, with their intervals.")
            % values
        )
    else:
        yield _("Scores in %(number)s of %(all)s snapshots, evenly spread, with their intervals.") % values
    if cut:
        yield _("Intervals that go beyond the picture are cut off at its edge; the table has them whole.")
    if len(board.document["ranking"]) > MOST_NAMED:
        yield _("The first %(number)s models are named, the others faint.") % {
            "number": write_points(MOST_NAMED)
        }
    if not board.analysis.is_primary:
        yield _("All votes by the main analysis, whatever is chosen above.")
