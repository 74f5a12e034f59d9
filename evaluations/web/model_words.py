"""One model, or two, in a sentence that anyone may quote: never a score without its interval."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import Board, BoardRow
from evaluations.comparisons import Comparison
from evaluations.models import LanguageModel
from evaluations.publishing.comparisons import LEVEL_SCORE, Score
from evaluations.sentences import describe_reason, name_board_votes, write_number, write_percent
from evaluations.templatetags.figures import ranks

# Points of 100: an interval narrower than this is written with a decimal, which whole numbers would hide.
NARROW = 5


def summarise_model(board: Board, model: LanguageModel) -> str:
    row = _find_row(board, model)
    if row is None:
        return _say_no_place(board, model)
    sentence = ngettext(
        "%(name)s ranks %(ranks)s of %(models)s model, with a score of %(score)s (%(lower)s to %(upper)s) on "
        "%(votes)s.",
        "%(name)s ranks %(ranks)s of %(models)s models, with a score of %(score)s (%(lower)s to %(upper)s) on "
        "%(votes)s.",
        len(board.rows),
    )
    return sentence % {
        "name": model.name,
        "ranks": ranks(row),
        "models": write_number(len(board.rows)),
        "score": write_number(row.score),
        "lower": write_number(row.lower),
        "upper": write_number(row.upper),
        "votes": name_board_votes(board, counted=row.votes),
    }


def describe_win_rate(board: Board, model: LanguageModel) -> str:
    """What the score is in comparisons won; "" without a place."""
    row = _find_row(board, model)
    if row is None:
        return ""
    rate = write_number(100 * row.win_rate)
    return _("It wins about %(rate)s of 100 comparisons, a tie counting as half a win.") % {"rate": rate}


def summarise_comparison(board: Board, comparison: Comparison) -> str:
    expected = comparison.expected
    if expected is None:
        placeless = [
            model for model in (comparison.model, comparison.rival) if _find_row(board, model) is None
        ]
        return " ".join(_say_no_place(board, model) for model in placeless)
    if not expected.separated:
        sentence = _(
            "The votes cannot separate %(model)s and %(rival)s: %(model)s is expected to win %(score)s of 100 "
            "comparisons (%(lower)s to %(upper)s)."
        )
    elif expected.score > LEVEL_SCORE:
        sentence = _(
            "%(model)s is ahead of %(rival)s: it is expected to win %(score)s of 100 comparisons "
            "(%(lower)s to %(upper)s)."
        )
    else:
        sentence = _(
            "%(model)s is behind %(rival)s: it is expected to win %(score)s of 100 comparisons "
            "(%(lower)s to %(upper)s)."
        )
    names = {"model": comparison.model.name, "rival": comparison.rival.name}
    return sentence % {**names, **_write_score(expected)}


def describe_evidence(board: Board, comparison: Comparison) -> str:
    """On what the sentence rests."""
    counted = board.votes.get("counted", 0)
    if not counted:
        return _("No vote is counted yet.")
    values = {
        "votes": name_board_votes(board),
        "between": write_number(comparison.record.votes),
        "level": write_percent(comparison.level),
    }
    if comparison.expected is None:
        return _("Of %(votes)s, %(between)s are on these two.") % values
    return (
        _(
            "A tie counts as half a win; in brackets the %(level)s interval. It comes from %(votes)s, of which "
            "%(between)s are on these two."
        )
        % values
    )


def _find_row(board: Board, model: LanguageModel) -> BoardRow | None:
    return next((row for row in board.rows if row.model.slug == model.slug), None)


def _say_no_place(board: Board, model: LanguageModel) -> str:
    reasons = {item.model.slug: item.reason for item in board.unplaced}
    return _("%(name)s has no place yet: this model %(reason)s.") % {
        "name": model.name,
        "reason": describe_reason(reasons.get(model.slug, "has no vote yet")),
    }


def _write_score(score: Score) -> dict[str, str]:
    decimals = 1 if 100 * (score.upper - score.lower) < NARROW else 0
    ends = {"score": score.score, "lower": score.lower, "upper": score.upper}
    return {name: write_number(100 * value, decimals=decimals) for name, value in ends.items()}
