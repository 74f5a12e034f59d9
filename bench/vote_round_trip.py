"""Vote POST → next battle, in one round trip: queries, and whether the time grows with the number of votes.

Prints, for a small ledger and for one a hundred times as large, the queries and the median time of a round trip
through the whole stack of the application, and the ratio of the two times. Target: at most 6 queries, ratio near 1.
"""

from _arena import print_table, run_arena, time_median

SMALL, LARGE = 1_000, 100_000
ROUNDS = 200


def main() -> None:
    with run_arena():
        # Models load after django.setup().
        from _study import cast_many, make_study, start_rater

        from evaluations.tasks import seal_votes

        study = make_study(models=12, prompts=400)
        rows = [("votes in the ledger", "queries, most", "round trip, median", "ratio")]
        first = 0.0
        for votes in (SMALL, LARGE):
            cast_many(study=study, until=votes)
            seal_votes()
            rater = start_rater(study=study)
            queries = [rater.vote_and_count_queries() for _ in range(20)]
            seconds = time_median(rater.vote, rounds=ROUNDS)
            first = first or seconds
            rows.append(
                (f"{votes:,}", str(max(queries)), f"{seconds * 1000:.1f} ms", f"{seconds / first:.2f}")
            )
        print_table(rows)


if __name__ == "__main__":
    main()
