"""A study in full swing: distinct answers of ordinary length, many sealed votes, raters in the middle of a session."""

from http.cookies import SimpleCookie

from _study import LIMITS, cast_many
from django.http import HttpResponse
from django.utils import timezone

from evaluations.models import LanguageModel, Prompt, PromptSet, Rater, Response, Study, Vote
from evaluations.raters import give_consent
from evaluations.rendering import make_conversation_html, make_html
from evaluations.studies import create_study, open_study
from evaluations.web.preferences import KEYS_COOKIE
from evaluations.web.raters import keep_rater

SENTENCE = "The tide is higher when the sun and the **moon** pull the same way, which is so twice a month. "
PARTS = (
    "## In short\n\n" + SENTENCE * 3 + "\n\n",
    "".join(f"{n}. A step, with `code` in it and a word on why it comes now.\n" for n in range(1, 8)) + "\n",
    "```python\ndef find_tide(moon, sun):\n    # the two pulls add up\n    return moon.pull + sun.pull\n```\n\n",
    "| month | tide |\n| --- | ---: |\n" + "".join(f"| {n} | {n * 3} cm |\n" for n in range(1, 7)) + "\n",
    SENTENCE * 4 + "\n\n",
    "- a *point*\n- another point, somewhat longer than the one before\n- and the last one\n\n",
    SENTENCE * 3 + "\n\n",
    "The height is $h = a \\cos(\\omega t)$, where $a$ depends on the month.\n\n",
)
TEXTS = tuple(
    f"Answer MARK. {SENTENCE}\n\n" + "".join(PARTS[(first + n) % len(PARTS)] for n in range(4 + first % 4))
    for first in range(16)
)
PROMPT = (
    "Question MARK. "
    + "Explain the tides to a sailor who has never seen the sea, and say when to leave. " * 3
)


def make_long_study(*, models: int, prompts: int, votes: int) -> Study:
    """An open study in which every model answers every prompt, 1.1 to 2.7 kB each, with so many votes in the ledger."""
    now = timezone.now()
    entered = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"model-{n}", name=f"Model {n}", created_at=now) for n in range(models)
    )
    prompt_set = PromptSet.objects.create(slug="bench", title="Bench", content_hash="bench", created_at=now)
    asked = Prompt.objects.bulk_create(
        Prompt(prompt_set=prompt_set, key=str(n), messages=messages, html=make_conversation_html(messages))
        for n in range(prompts)
        for messages in [[{"role": "user", "content": PROMPT.replace("MARK", str(n))}]]
    )
    htmls = [make_html(text) for text in TEXTS]
    Response.objects.bulk_create(
        (
            Response(
                prompt=prompt,
                model=model,
                text=TEXTS[place].replace("MARK", f"{prompt.key}/{n}"),
                digest="",
                html=htmls[place].replace("MARK", f"{prompt.key}/{n}"),
            )
            for prompt in asked
            for n, model in enumerate(entered)
            for place in [(n + int(prompt.key)) % len(TEXTS)]
        ),
        batch_size=1_000,
    )
    study = create_study(
        slug="bench",
        title="Which answer helps a sailor?",
        prompt_set=prompt_set,
        models=entered,
        now=now,
        session_length=200,
        limits=LIMITS,
    )
    study = open_study(study=study, now=now)
    cast_many(study=study, until=votes)
    return study


def sign_raters(*, study: Study, raters: int) -> list[str]:
    """Cookies of so many raters who agreed and have voted before."""
    now, signed = timezone.now(), []
    for rater in Rater.objects.order_by("pk")[:raters]:
        give_consent(rater=rater, study=study, may_publish=True, uses_keys=True, now=now)
        cookies: SimpleCookie = keep_rater(HttpResponse(), rater).cookies
        words = [f"{name}={morsel.coded_value}" for name, morsel in cookies.items()]
        signed.append("; ".join([*words, f"{KEYS_COOKIE}=on"]))
    return signed


def check_votes(*, before: int, tokens: list[str]) -> tuple[int, int]:
    """Votes in the table since there were `before`; of these battles, how many have not exactly one vote."""
    once = set(Vote.objects.filter(battle__token__in=tokens).values_list("battle__token", "revision"))
    wrong = len({token for token, revision in once if revision}) + len(set(tokens)) - len(once)
    return Vote.objects.count() - before, abs(wrong) + len(tokens) - len(set(tokens))
