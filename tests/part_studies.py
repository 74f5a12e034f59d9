"""A study whose votes have parts: two categories, two languages, answers that differ in style."""

from datetime import timedelta

from django.conf import settings

from evaluations.ledger import seal_all
from evaluations.models import Prompt, PromptSet, Response
from evaluations.snapshots import refresh_leaderboard
from evaluations.studies import create_study, open_study
from tests.factories import NOW, make_battle, make_models, make_rater, make_vote

LATER = NOW + timedelta(minutes=5)
OUTCOMES = ["left", "right", "tie", "left", "both_bad", "right", "left"]
PLACES = [("code", "en"), ("code", "fr"), ("explain", "en"), ("", "")]


def write_text(number, place):
    """Answers whose length, headings, bold and lists go their own ways."""
    seed = 3 * number + place
    words = "word " * (5 + seed * 7 % 11)
    heads = "## Head\n\n" * (seed * 5 % 3)
    bold = "**bold** " * (seed * seed % 5)
    return f"{heads}{words}{bold}\n\n" + "- item\n" * (seed * 3 % 4)


def make_part_study(*, slug="parts", **options):
    models = make_models("alpha", "beta", "gamma")
    prompt_set = PromptSet.objects.create(slug=slug, title=slug, content_hash=slug, created_at=NOW)
    for number, (category, language) in enumerate(PLACES):
        prompt = Prompt.objects.create(
            prompt_set=prompt_set,
            key=f"p{number}",
            messages=[{"role": "user", "content": f"Question {number}?"}],
            category=category,
            language=language,
        )
        for place, model in enumerate(models):
            text = write_text(number, place)
            Response.objects.create(prompt=prompt, model=model, text=text, digest=f"{number}-{place}")
    study = create_study(slug=slug, title="Parts", prompt_set=prompt_set, models=models, now=NOW, **options)
    return open_study(study=study, now=NOW)


def cast_votes(study, votes, *, start=0):
    """Votes of eight raters on every pair and every prompt in turn."""
    raters = [make_rater() for _ in range(8)]
    prompts = list(study.prompt_set.prompts.order_by("pk"))
    answers = {prompt: list(prompt.responses.order_by("model__slug")) for prompt in prompts}
    for number in range(start, start + votes):
        prompt = prompts[number % len(prompts)]
        left, right = [(0, 1), (1, 2), (2, 0)][number % 3]
        battle = make_battle(
            study=study,
            rater=raters[number % 8],
            prompt=prompt,
            left=answers[prompt][left],
            right=answers[prompt][right],
            number=number + 1,
        )
        make_vote(battle=battle, outcome=OUTCOMES[number % len(OUTCOMES)])


def publish(study, *, now=LATER):
    """Seal what there is, and publish a snapshot."""
    seal_all(now=now)
    board = study.leaderboards.select_related("study").get()
    return refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=now)
