"""The method in plain words, each part with its equation, its source and the function that computes it.

Short enough to be read; docs/ranking.md says every choice, and a test holds the two together.
"""

from django.utils.translation import gettext as _

from evaluations.web.method_analyses import MethodPart, describe_analyses
from evaluations.web.method_equations import EQUATIONS


def describe_method_parts() -> list[MethodPart]:
    return [
        *_describe_votes(),
        *_describe_score(),
        *_describe_doubt(),
        *describe_analyses(),
        *_describe_claims(),
        *_describe_limits(),
    ]


def _describe_votes() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="comparison",
            title=_("The comparison"),
            words=[
                _(
                    "A study opens with its questions, its models and its analysis fixed. Their digest is written to "
                    "the ledger, so that nobody can change them unseen."
                ),
                _(
                    "A rater sees one question and two answers. The pair is drawn so that all pairs get as many "
                    "votes, or, where the study’s protocol says so, more often where a vote tells most about the "
                    "ranks; which answer is A is drawn at random. The rater votes A, B, tie or both bad, or skips."
                ),
                _(
                    "A vote can be undone for a few seconds, as long as its rater has not seen the names. Then it "
                    "takes the next place in one ledger, where it is never changed or removed."
                ),
            ],
        ),
        MethodPart(
            anchor="exclusions",
            title=_("Whose votes are left out"),
            words=[
                _(
                    "No machine leaves a vote out. Where figures about a rater look odd, a person looks, decides and "
                    "gives a reason; the decision is an entry of the ledger and can be taken back. Both rankings are "
                    "published: with these votes and without them. A rater who withdraws can take the votes along, "
                    "if the study promised it."
                )
            ],
        ),
    ]


def _describe_score() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="score",
            title=_("The score"),
            words=[
                _(
                    "The Bradley–Terry model gives each model a strength, so that the chance that one wins against "
                    "another depends only on the difference of their strengths. The strengths are fitted to all "
                    "votes at once; the order of the votes plays no part. A tie counts as half a win for each model."
                ),
                _(
                    "Scores are strengths on the scale of chess ratings: 100 points more means about 64 wins in 100, "
                    "400 points more about 91. The average of the ranked models is 1,000 points, unless the "
                    "leaderboard says otherwise."
                ),
            ],
            equations=EQUATIONS["score"],
            symbols=_(
                "θ is the strength of a model, w the wins of i over j with each tie as half a win for both."
            ),
            source="Bradley & Terry (1952); Hunter (2004)",
            function="ranking.fits.bradley_terry.fit_strengths",
        ),
        MethodPart(
            anchor="placed",
            title=_("What is not ranked"),
            words=[
                _(
                    "A model that has won all its comparisons, or lost them all, or never met the others, has no "
                    "finite score. It is listed without one, with the reason, until votes place it."
                )
            ],
            source="Ford (1957)",
            function="ranking.fits.components.place_models",
        ),
    ]


def _describe_doubt() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="interval",
            title=_("The interval"),
            words=[
                _(
                    "The votes of one person are alike, so they are taken together when the interval of a score is "
                    "computed. The interval is as wide as it has to be to hold the score that endless votes of such "
                    "people would give, 95 times in 100."
                )
            ],
            equations=EQUATIONS["interval"],
            symbols=_(
                "H is the curvature of the likelihood, g the sum of one rater’s contributions to its slope, R the "
                "number of raters, q the quantile of Student’s t with R − 1 degrees of freedom."
            ),
            source="White (1982); Liang & Zeger (1986)",
            function="ranking.fits.sandwich.close_sandwich",
        ),
        MethodPart(
            anchor="ranks",
            title=_("The range of ranks"),
            words=[
                _(
                    "A rank is a range: the places that the votes allow. All ranges of a leaderboard hold together, "
                    "95 times in 100. A model leads alone only if no other model’s range reaches first place."
                )
            ],
            equations=EQUATIONS["ranks"],
            symbols=_(
                "r− and r+ are the first and the last rank that the votes allow, s the standard error of the "
                "difference of two models, K their number; c is chosen so that all differences hold at once."
            ),
            source="Mogstad et al. (2024); Chiang et al. (2024)",
            function="ranking.fits.ranges.rank_ranges",
        ),
    ]


def _describe_claims() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="claims",
            title=_("Claims"),
            words=[
                _(
                    "A claim names two models, a margin and a risk of being wrong. It is supported once the whole "
                    "interval lies inside the band, refuted once it lies outside, and undecided until then."
                ),
                _(
                    "Each rater counts once, by the first vote on the two models: a hundred votes of one person are "
                    "one opinion. The interval is made so that it may be looked at after every vote. Looking early, "
                    "or every day, makes no false verdict more likely."
                ),
            ],
            equations=EQUATIONS["claims"],
            symbols=_(
                "e is the expected score of the one model against the other, d the margin in points: “better” is "
                "e > s, “not worse” e > 1 − s, “as good” between the two. x are the raters’ first votes: 1 for a win, "
                "½ for a tie, 0 for a loss. K is what a gambler would own who bets against the score m; α is the "
                "risk. What is shown is the part that all intervals so far have in common."
            ),
            source="Ville (1939); Waudby-Smith & Ramdas (2024)",
            function="ranking.claims.judge_claim",
        ),
    ]


def _describe_limits() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="check",
            title=_("How to check it"),
            words=[
                _(
                    "A ranking is a function of the first entries of the ledger and of its parameters: the same "
                    "votes give the same snapshot, byte for byte. Each snapshot names the digest of the votes that "
                    "it read, of what it says, and the version of the code."
                )
            ],
            function="publishing.documents.publish_votes",
        ),
        MethodPart(
            anchor="limits",
            title=_("What a ranking does not say"),
            words=[
                _(
                    "It says which answers the raters of one study preferred, to its questions. It does not say "
                    "which answers are true, nor what other people would prefer."
                )
            ],
        ),
    ]
