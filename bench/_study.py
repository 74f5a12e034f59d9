"""A study to bench with: models, prompts, responses; raters that vote through the views."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import Battle, LanguageModel, Prompt, PromptSet, Rater, Response, Study, Vote
from evaluations.rendering import make_html
from evaluations.simulation import simulate_votes
from evaluations.studies import create_study, open_study

# Nobody is reminded to read: these raters don't.
LIMITS = {"fastest_seconds": 0.0, "one_side": 1.0}
TEXT = "An answer of ordinary length, with **bold** words and a list.\n\n" + "- one more point\n" * 20


def make_study(*, models: int, prompts: int, **options: Any) -> Study:
    """An open study in which every model answers every prompt."""
    now = timezone.now()
    html = make_html(TEXT)
    entered = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"model-{n}", name=f"Model {n}", created_at=now) for n in range(models)
    )
    prompt_set = PromptSet.objects.create(slug="bench", title="Bench", content_hash="bench", created_at=now)
    asked = Prompt.objects.bulk_create(
        Prompt(
            prompt_set=prompt_set,
            key=str(n),
            messages=[{"role": "user", "content": "?"}],
            html=make_html("?"),
        )
        for n in range(prompts)
    )
    Response.objects.bulk_create(
        (Response(prompt=p, model=m, text=TEXT, digest="", html=html) for p in asked for m in entered),
        batch_size=2_000,
    )
    study = create_study(
        slug="bench",
        title="Bench",
        prompt_set=prompt_set,
        models=entered,
        now=now,
        session_length=100_000,
        undo_seconds=0,
        limits=LIMITS,
        **options,
    )
    return open_study(study=study, now=now)


def cast_many(*, study: Study, until: int) -> None:
    """Simulated votes until there are this many, sealed."""
    strengths = {f"model-{n}": n / 10 for n in range(study.entries.count())}
    missing = until - Vote.objects.count()
    each = 50
    simulate_votes(
        study=study,
        strengths=strengths,
        raters=missing // each,
        votes_each=each,
        seed=until,
        now=timezone.now(),
    )
    seal_all(now=timezone.now())
    # What autovacuum does within a minute of such a load.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class BenchRater:
    """A visitor who votes through the views, as htmx would post."""

    def __init__(self, *, study: Study) -> None:
        self.study = study
        self.client = Client(headers={"HX-Request": "true", "Host": "localhost"})
        self.client.post(reverse("consent", args=[study.slug]), {"agree": "on"})
        self.client.get(reverse("rate", args=[study.slug]))
        self.rater = Rater.objects.order_by("-pk").first()

    def vote(self) -> Any:
        battle = Battle.objects.filter(rater=self.rater).order_by("-number").only("token").first()
        return self._post(battle.token)

    def vote_and_count_queries(self) -> int:
        battle = Battle.objects.filter(rater=self.rater).order_by("-number").only("token").first()
        with CaptureQueriesContext(connection) as captured:
            self._post(battle.token)
        return len(captured)

    def _post(self, token: str) -> Any:
        response = self.client.post(reverse("vote", args=[token]), {"outcome": "left", "revision": 0})
        assert response.status_code == 200
        return response


def start_rater(*, study: Study) -> BenchRater:
    return BenchRater(study=study)
