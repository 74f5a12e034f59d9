"""Rankings made by hand, to see what is said of them."""

from evaluations.boards import NO_EXCLUSIONS, Board, BoardRow
from evaluations.models import LanguageModel, Leaderboard, Snapshot, Study
from evaluations.publishing.analyses import PRIMARY

NAMES = "ABCDEFGHIJKLMNOP"


def make_rows(*ranges, win_rates=None, scores=None):
    """One row a range, named A, B, C … in order; 10 points apart unless told otherwise."""
    rates = win_rates or [0.5] * len(ranges)
    scores = scores or [1000.0 - 10 * place for place in range(len(ranges))]
    return [
        BoardRow(
            model=LanguageModel(slug=name.lower(), name=name),
            rank_low=low,
            rank_high=high,
            strength=0.0,
            score=score,
            lower=score - 10,
            upper=score + 10,
            votes=10,
            wins=5,
            losses=5,
            ties=0,
            both_bad=0,
            win_rate=rate,
        )
        for name, (low, high), rate, score in zip(NAMES, ranges, rates, scores, strict=False)
    ]


def make_board(
    *ranges, analysis=PRIMARY, counted=18420, all_votes=None, minimum=400, rule="applied", **options
):
    """A board of these ranges, in no database. counted: votes of the part that is shown; all_votes: counts of all."""
    votes = {"counted": counted, "ties": 2000, "both_bad": 420, "raters": 412, "prompts": 1846}
    document = {
        "code_version": "arena-6",
        "votes": {"received": 20000, **votes, **(all_votes or {})},
        "parts": [{"category": "", "language": "", "votes": 18420}],
        "fewest": 50,
        "analyses": {"style=on": "…"},
        **options.pop("document", {}),
    }
    study = Study(minimum_votes=minimum, **options.pop("study", {}))
    return Board(
        leaderboard=Leaderboard(slug="letters", title="Letters", study=study),
        study=study,
        snapshot=Snapshot(),
        rows=tuple(make_rows(*ranges, scores=options.pop("scores", None))),
        unplaced=(),
        cautions=(),
        votes=votes,
        parameters={},
        exclusions={**NO_EXCLUSIONS, "rule": rule},
        analysis=analysis,
        document=document,
        **options,
    )
