"""The page of a study's health with 100,000 votes of 1,000 raters: after new votes, and while nothing is new."""

import time

from _arena import print_table, run_arena, time_median

MODELS, PROMPTS, RATERS, VOTES_EACH = 10, 300, 1_000, 100


def main() -> None:
    with run_arena():
        from _study import make_study
        from django.contrib.auth import get_user_model
        from django.db import connection
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone

        from evaluations.ledger import seal_all
        from evaluations.quality import raters as quality
        from evaluations.simulation import simulate_votes

        study = make_study(models=MODELS, prompts=PROMPTS)
        strengths = {f"model-{n}": n / 10 for n in range(MODELS)}
        simulate_votes(
            study=study,
            strengths=strengths,
            raters=RATERS,
            votes_each=VOTES_EACH,
            seed=1,
            now=timezone.now(),
        )
        seal_all(now=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        client = Client(headers={"Host": "localhost"})
        client.force_login(get_user_model().objects.create_superuser("bench"))

        def look(name: str = "study-health", *more: str) -> None:
            assert client.get(reverse(name, args=[study.slug, *more])).status_code == 200

        def look_anew() -> None:
            quality._measured.clear()
            look()

        start = time.perf_counter()
        look()
        rows = [
            ("page", "seconds"),
            ("health, columns not on disk yet", f"{time.perf_counter() - start:.2f}"),
        ]
        rows += [
            ("health, after new votes", f"{time_median(look_anew, rounds=5):.2f}"),
            ("health, nothing new", f"{time_median(look, rounds=5):.2f}"),
            ("all raters", f"{time_median(lambda: look('study-raters'), rounds=5):.2f}"),
            ("one rater", f"{time_median(lambda: look('study-rater', 'R-014'), rounds=5):.2f}"),
        ]
        print_table(rows)


if __name__ == "__main__":
    main()
