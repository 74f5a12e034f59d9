"""A study with so many sealed votes that no rater could be simulated for each: rows written by the database itself."""

from django.db import connection
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import LanguageModel, LedgerEntry, Prompt, PromptSet, Rater, Response, Study
from evaluations.studies import create_study, open_study

CATEGORIES, LANGUAGES = ("code", "explain", "write"), ("en", "fr")

# Pairs, prompts and outcomes drawn alike for each vote; the stronger model (by name) wins more often.
DRAW = """
CREATE TEMPORARY TABLE drawn AS
SELECT number, rater, prompt, a, (a + step) %% %(models)s AS b, chance FROM (
  SELECT number, (%(raters)s)[1 + number %% %(rater_count)s] AS rater,
    (%(prompts)s)[1 + floor(random() * %(prompt_count)s)::int] AS prompt,
    floor(random() * %(models)s)::int AS a, 1 + floor(random() * (%(models)s - 1))::int AS step, random() AS chance
  FROM generate_series(%(first)s, %(last)s) AS number
) AS rolled
"""
BATTLES = """
INSERT INTO evaluations_battle (token, study_id, rater_id, number, prompt_id, left_id, right_id, probability, origin,
  kind, pilot, expected, created_at, expires_at)
SELECT 'bench-' || number, %(study)s, rater, number, drawn.prompt, one.id, two.id, 0.0002, 'shown', 'normal', false, '',
  %(now)s, %(now)s
FROM drawn JOIN evaluations_response one ON one.prompt_id = drawn.prompt AND one.model_id = (%(ids)s)[1 + a]
JOIN evaluations_response two ON two.prompt_id = drawn.prompt AND two.model_id = (%(ids)s)[1 + b]
"""
VOTES = """
INSERT INTO evaluations_vote (battle_id, revision, outcome, receipt, cast_at, comment)
SELECT battle.id, 0, CASE WHEN chance > 0.8 THEN 'tie' WHEN chance > 0.7 THEN 'both_bad'
    WHEN chance / 0.7 < 1 / (1 + exp((a - b) * 2.0 / %(models)s)) THEN 'left' ELSE 'right' END,
  'b' || lpad(drawn.number::text, 14, '0'), %(now)s, ''
FROM drawn JOIN evaluations_battle battle ON battle.token = 'bench-' || drawn.number
"""
ENDINGS = """
INSERT INTO evaluations_voteending (vote_id, ending, made_at)
SELECT vote.id, 'sealed', %(now)s FROM evaluations_vote vote
LEFT JOIN evaluations_voteending ending ON ending.vote_id = vote.id WHERE ending.vote_id IS NULL
"""
# Records as short as can be: what is measured here reads the votes, not these.
ENTRIES = """
INSERT INTO evaluations_ledgerentry (position, previous_id, kind, study_id, vote_id, record, leaf_hash, sealed_at)
SELECT %(size)s + place - 1, %(size)s + place - 2, 'vote', %(study)s, id, '{}', sha256(receipt::bytea), %(now)s
FROM (SELECT vote.id, vote.receipt, row_number() OVER (ORDER BY vote.id) AS place FROM evaluations_vote vote
  LEFT JOIN evaluations_ledgerentry entry ON entry.vote_id = vote.id WHERE entry.vote_id IS NULL) AS waiting
ORDER BY place
"""


def make_large_study(*, models: int, prompts: int, raters: int) -> Study:
    """An open study: every model answers every prompt, in its own style."""
    now = timezone.now()
    entered = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"model-{n:03d}", name=f"Model {n:03d}", created_at=now) for n in range(models)
    )
    prompt_set = PromptSet.objects.create(slug="large", title="Large", content_hash="large", created_at=now)
    asked = Prompt.objects.bulk_create(
        Prompt(
            prompt_set=prompt_set,
            key=str(n),
            messages=[{"role": "user", "content": "?"}],
            category=CATEGORIES[n % len(CATEGORIES)],
            language=LANGUAGES[n % len(LANGUAGES)],
        )
        for n in range(prompts)
    )
    Response.objects.bulk_create(
        (
            Response(prompt=prompt, model=model, text=_write_text(7 * place + 3 * number), digest="")
            for place, prompt in enumerate(asked)
            for number, model in enumerate(entered)
        ),
        batch_size=5_000,
    )
    Rater.objects.bulk_create(Rater(code=f"rater-{n}", salt=b"salt", created_at=now) for n in range(raters))
    study = create_study(
        slug="large", title="Large", prompt_set=prompt_set, models=entered, now=now, undo_seconds=0
    )
    study = open_study(study=study, now=now)
    seal_all(now=now)
    return study


def cast_sealed(*, study: Study, votes: int) -> None:
    """So many more votes, sealed, in the ledger."""
    done = LedgerEntry.objects.filter(kind="vote").count()
    raters = list(Rater.objects.order_by("pk").values_list("pk", flat=True))
    prompts = list(study.prompt_set.prompts.order_by("pk").values_list("pk", flat=True))
    ids = list(LanguageModel.objects.order_by("slug").values_list("pk", flat=True))
    values = {
        "study": study.pk,
        "now": timezone.now(),
        "first": done + 1,
        "last": done + votes,
        "raters": raters,
        "rater_count": len(raters),
        "prompts": prompts,
        "prompt_count": len(prompts),
        "ids": ids,
        "models": len(ids),
        "size": LedgerEntry.objects.count(),
    }
    with connection.cursor() as cursor:
        for statement in ("DROP TABLE IF EXISTS drawn", DRAW, BATTLES, VOTES, ENDINGS, ENTRIES, "ANALYZE"):
            cursor.execute(statement, values if "%(" in statement else None)


def _write_text(seed: int) -> str:
    parts = ["## Head\n\n" * (seed * 5 % 3), "word " * (20 + seed * 37 % 301), "**bold** " * (seed % 7)]
    return "".join(parts) + "\n\n" + "- item\n" * (seed * 11 % 9)
