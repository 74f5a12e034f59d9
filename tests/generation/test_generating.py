"""One answer after another: begun under a lease and a budget, asked for from a real SDK, kept."""

import threading
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from evaluations.errors import GenerationError
from evaluations.generation import attempts
from evaluations.generation.attempts import begin_attempt, generate, keep_answer, sweep_generations
from evaluations.generation.progress import measure_progress
from evaluations.generation.runs import cancel_run, resume_run, start_generation
from evaluations.generation.slots import UNDER_WAY, give_slots
from evaluations.models import AuditEvent, Generation, GenerationRun, Provider
from evaluations.providers import Answer
from tests.factories import make_study
from tests.generation.conftest import make_prompts, make_provider, make_served
from tests.providers.server import Behaviour

pytestmark = pytest.mark.django_db
ANSWER = Answer(
    text="Yes.", finish_reason="stop", tokens_in=10, tokens_out=5, latency_ms=7, answered_by="delta-large"
)


def start(provider, *, prompts=3, budget="10", models=None, now=None):
    return start_generation(
        prompt_set=make_prompts(prompts),
        models=models or [make_served(provider)],
        budget=Decimal(budget),
        user=None,
        now=now or timezone.now(),
    )


def work(run, *, seconds=0, clock=None):
    """One message for each row that waits, as if all came at once."""
    for pk in run.generations.filter(state="waiting").values_list("pk", flat=True):
        generate(
            generation_id=pk,
            clock=clock or (lambda: timezone.now() + timedelta(seconds=seconds)),
            random=Random(0),
        )
    run.refresh_from_db()


def begin(run, *, now=None):
    row = run.generations.filter(state="waiting").order_by("pk").first()
    return begin_attempt(generation_id=row.pk, now=now or timezone.now(), random=Random(0))


def test_a_run_ends_with_all_its_answers(fake, provider):
    run = start(provider)
    work(run, seconds=1)
    rows = list(run.generations.all())

    assert run.state == "done"
    assert run.ended_at is not None
    assert [row.state for row in rows] == ["done"] * 3
    row = rows[0]
    assert row.text == "Paris is the capital of France."
    assert (row.finish_reason, row.tokens_in, row.tokens_out, row.attempts) == ("stop", 12, 7, 1)
    assert row.answered_by == "delta-large-2026-01-01"
    assert row.cost == Decimal("0.000094")  # 12 tokens at 2, 7 at 10, for a million
    assert row.reserved == 0
    assert row.latency_ms is not None
    assert fake.requests[0].body["messages"][0]["content"].startswith("Question")


def test_a_message_that_comes_twice_asks_once(fake, provider):
    run = start(provider, prompts=1)
    pk = run.generations.get().pk
    for _ in range(3):
        generate(generation_id=pk, clock=timezone.now, random=Random(0))

    assert len(fake.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_messages_that_come_at_once_ask_once(fake, provider):
    run = start(provider, prompts=1)
    pk = run.generations.get().pk
    fake.default = Behaviour(wait=0.3)

    def take():
        try:
            generate(generation_id=pk, clock=timezone.now, random=Random(0))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(fake.requests) == 1
    assert run.generations.get().state == "done"


def test_only_what_is_missing_is_asked(fake, provider):
    model = make_served(provider)
    run = start(provider, models=[model])
    with pytest.raises(GenerationError, match="Nothing is missing"):
        start_generation(
            prompt_set=run.prompt_set, models=[model], budget=Decimal(1), user=None, now=timezone.now()
        )
    assert AuditEvent.objects.filter(kind="generation_started").count() == 1


def test_model_that_can_not_be_asked_is_refused_with_the_reason(fake, provider):
    free = make_served(provider, "free", price_in=None, price_out=None)
    uploaded = make_served(None, "uploaded", provider_model="")
    euro = make_served(provider, "euro", currency="EUR")
    zero = make_served(provider, "zero", price_in=0, price_out=0)
    for models, words in [
        ([free], "no price"),
        ([uploaded], "Upload only"),
        ([zero, euro], "one currency"),
    ]:
        with pytest.raises(GenerationError, match=words):
            start(provider, models=models)
    work(run := start(provider, models=[zero], budget="0"), seconds=1)
    assert run.state == "done"


def test_model_of_an_opened_study_is_frozen(fake, provider):
    study = make_study(names=("alpha", "beta"))
    entered = study.entries.first().model
    entered.provider, entered.provider_model = provider, "x"
    entered.price_in = entered.price_out = 0
    entered.save()
    with pytest.raises(GenerationError, match="frozen"):
        start_generation(
            prompt_set=study.prompt_set, models=[entered], budget=Decimal(1), user=None, now=timezone.now()
        )


def test_budget_stops_the_run_before_it_is_passed(fake, provider):
    """Each answer costs 94 millionths; at most 1,086 for each: the fourth might pass the budget."""
    run = start(provider, prompts=20, budget="0.0013")
    work(run, seconds=1)
    spent = measure_progress(run=run).cost

    assert run.state == "stopped"
    assert run.reason == "budget"
    assert 0 < spent <= run.budget
    assert len(fake.requests) == run.generations.filter(state="done").count() == 3
    assert set(run.generations.exclude(state="done").values_list("state", flat=True)) == {"cancelled"}


def test_budget_holds_when_answers_cost_the_most_they_can(fake, provider):
    fake.default = Behaviour(tokens=None)
    run = start(provider, prompts=20, budget="0.005")
    work(run, seconds=1)

    assert run.state == "stopped"
    assert run.budget * Decimal("0.7") < measure_progress(run=run).cost <= run.budget


def test_what_is_under_way_counts_against_the_budget(fake, provider):
    """It may turn out cheaper: the next one waits, and the run is not stopped for it."""
    run = start(provider, budget="0.0015")
    first = begin(run)
    assert first is not None
    assert begin(run) is None
    run.refresh_from_db()
    assert run.state == "running"
    keep_answer(attempt=first, answer=ANSWER, now=timezone.now())
    assert begin(run, now=timezone.now() + timedelta(seconds=6)) is not None


@pytest.mark.django_db(transaction=True)
def test_budget_holds_over_workers_at_once(fake, provider):
    Provider.objects.update(concurrent_requests=50)
    run = start(provider, prompts=12, budget="0.0048")  # four at most

    def take(pk):
        try:
            begin_attempt(generation_id=pk, now=timezone.now() + timedelta(seconds=1), random=Random(0))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=take, args=[pk]) for pk in run.generations.values_list("pk", flat=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    progress = measure_progress(run=run)

    assert 1 <= progress.running <= 4
    assert progress.reserved <= run.budget


def test_answer_that_was_cut_off_counts_as_spent(fake, provider):
    """The provider may bill it: nothing that may have been spent is spent again."""
    fake.script(Behaviour(cut=30))
    run = start(provider, prompts=1)
    work(run)
    row = run.generations.get()

    assert row.state == "waiting"
    assert row.cost > Decimal("0.001")
    assert row.reserved == 0


def test_busy_provider_is_left_alone_as_long_as_it_asked(fake, provider):
    fake.script(Behaviour(status=429, headers={"retry-after": "50"}))
    run = start(provider, prompts=2)
    now = timezone.now()
    work(run)
    work(run, seconds=40)
    assert len(fake.requests) == 1
    waiting = run.generations.get(attempts=1)
    assert waiting.state == "waiting"
    assert waiting.cost is None
    assert waiting.not_before >= now + timedelta(seconds=50)
    work(run, seconds=60)
    assert run.state == "done"


def test_failures_wait_longer_each_time_and_end(fake, provider):
    fake.default = Behaviour(status=500)
    run = start(provider, prompts=1)
    now, waits = timezone.now(), []
    while (row := run.generations.get()).state == "waiting":
        now = row.not_before + timedelta(seconds=2)
        generate(generation_id=row.pk, clock=lambda at=now: at, random=Random(1))
        waits.append((run.generations.get().not_before - now).total_seconds())

    run.refresh_from_db()
    assert len(fake.requests) == attempts.MOST_ATTEMPTS
    assert row.state == "failed"
    assert row.error == "failed It went wrong."
    assert run.state == "done"
    assert waits[0] < waits[2] < waits[4]


def test_refusal_is_not_asked_again(fake, provider):
    fake.script(
        Behaviour(status=400, error={"message": "This prompt is too long", "type": "invalid_request"})
    )
    run = start(provider, prompts=2)
    work(run, seconds=1)

    assert sorted(run.generations.values_list("state", flat=True)) == ["done", "failed"]
    assert len(fake.requests) == 2


def test_wrong_key_stops_the_run_at_the_first_answer(fake, provider):
    fake.default = Behaviour(status=401)
    run = start(provider, prompts=5)
    work(run, seconds=1)

    assert run.state == "stopped"
    assert run.reason == "key"
    assert len(fake.requests) == 1


def test_key_that_can_not_be_read_stops_the_run_and_says_so(fake, provider, settings):
    run = start(provider, prompts=2)
    settings.PROVIDER_KEY_SECRETS = ["another"]
    work(run, seconds=1)

    assert run.state == "stopped"
    assert run.reason.startswith("setup")
    assert fake.requests == []


def test_cancelled_run_keeps_what_was_under_way_and_asks_nothing_more(fake, provider):
    run = start(provider)
    attempt = begin(run)
    cancel_run(run=run, user=None, now=timezone.now())
    work(run)
    assert fake.requests == []
    assert keep_answer(attempt=attempt, answer=ANSWER, now=timezone.now())
    run.refresh_from_db()

    assert run.state == "cancelled"
    assert sorted(run.generations.values_list("state", flat=True)) == ["cancelled", "cancelled", "done"]


def test_failure_after_cancelling_is_not_tried_again(fake, provider):
    run = start(provider, prompts=1)
    fake.script(Behaviour(status=500))
    row = run.generations.get()
    attempt = begin(run)
    cancel_run(run=run, user=None, now=timezone.now())
    error = attempts.ProviderBusy("busy", retry_after=1)
    attempts.note_failure(attempt=attempt, error=error, now=timezone.now(), random=Random(0))
    row.refresh_from_db()

    assert row.state == "cancelled"


def test_cancelled_and_stopped_runs_go_on(fake, provider):
    run = start(provider, prompts=20, budget="0.0013")
    work(run, seconds=1)
    resume_run(run=run, budget=Decimal("1"), user=None, now=timezone.now())
    work(run, seconds=2)

    assert run.state == "done"
    assert run.generations.filter(state="done").count() == 20
    assert len(fake.requests) == 20
    with pytest.raises(GenerationError, match="Nothing is left"):
        resume_run(run=run, budget=Decimal("1"), user=None, now=timezone.now())


def test_dead_workers_row_is_taken_up_and_counts_as_spent(fake, provider):
    run = start(provider, prompts=1)
    lost = begin(run)
    later = timezone.now() + timedelta(minutes=10)
    sweep_generations(now=timezone.now())
    assert run.generations.get().state == "running"
    sweep_generations(now=later)
    row = run.generations.get()
    assert (row.state, row.error, row.cost) == ("waiting", "lost", lost.reserved)
    second = begin(run, now=later)
    # The first one was not dead after all.
    assert not keep_answer(attempt=lost, answer=ANSWER, now=later)
    assert keep_answer(attempt=second, answer=ANSWER, now=later)
    assert run.generations.get().cost == lost.reserved + Decimal("0.00007")


def test_requests_are_spaced_evenly(fake, provider):
    Provider.objects.update(requests_per_minute=30, concurrent_requests=100)
    run = start(provider, prompts=20)
    now = timezone.now()
    slots = give_slots(now=now)
    assert [round(slot.countdown) for slot in slots] == [0, 2, 4, 6, 8, 10]
    assert give_slots(now=now) == []
    assert run.generations.filter(leased_until__isnull=False).count() == 6
    again = give_slots(now=now + timedelta(seconds=12))
    assert len(again) == 6
    assert not {slot.generation_id for slot in slots} & {slot.generation_id for slot in again}


def test_no_more_at_a_time_than_the_provider_takes(fake, provider):
    Provider.objects.update(concurrent_requests=2)
    run = start(provider, prompts=5)
    now = timezone.now() + timedelta(seconds=1)
    assert len(give_slots(now=now)) == 2
    attempts = [begin(run, now=now) for _ in range(2)]
    assert all(attempts)
    assert begin(run, now=now + timedelta(seconds=1)) is None
    assert give_slots(now=now + timedelta(seconds=1)) == []
    keep_answer(attempt=attempts[0], answer=ANSWER, now=now)
    assert len(give_slots(now=now + timedelta(seconds=1))) == 1


def test_lost_message_is_sent_again(fake, provider):
    start(provider, prompts=1)
    now = timezone.now()
    first = give_slots(now=now)
    assert len(first) == 1
    assert give_slots(now=now + UNDER_WAY / 2) == []
    assert give_slots(now=now + UNDER_WAY + timedelta(seconds=1))[0].generation_id == first[0].generation_id


def test_message_without_a_slot_waits_for_one(fake, provider):
    """A stale message must not go around the limit."""
    Provider.objects.update(requests_per_minute=1)
    run = start(provider, prompts=3)
    work(run)
    work(run, seconds=30)
    assert len(fake.requests) == 1
    work(run, seconds=61)
    assert len(fake.requests) == 2


@pytest.mark.django_db(transaction=True)
def test_limits_hold_over_threads(fake, provider):
    """Eight workers at once, two at a time for the provider."""
    Provider.objects.update(concurrent_requests=2)
    fake.default = Behaviour(wait=0.05)
    run = start(provider, prompts=12)
    end = timezone.now() + timedelta(seconds=30)

    def worker():
        try:
            while run.generations.filter(state__in=["waiting", "running"]).exists() and timezone.now() < end:
                for slot in give_slots(now=timezone.now()):
                    generate(generation_id=slot.generation_id, clock=timezone.now, random=Random(0))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert run.generations.filter(state="done").count() == 12
    assert len(fake.requests) == 12
    assert fake.most_running <= 2


def test_runs_of_two_providers_do_not_wait_for_each_other(fake, provider):
    other = make_provider(fake, slug="other", name="Other")
    Provider.objects.filter(pk=provider.pk).update(next_request_at=timezone.now() + timedelta(hours=1))
    run = start(provider, prompts=2, models=[make_served(provider), make_served(other, "epsilon")])
    slots = {slot.generation_id for slot in give_slots(now=timezone.now())}

    assert slots == set(run.generations.filter(model__slug="epsilon").values_list("pk", flat=True))


def test_nothing_is_locked_while_a_provider_answers(fake, provider, second_connection):
    """Transactional tests only: see the fixture."""
    run = start(provider, prompts=1)
    begin(run)
    with second_connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT id FROM evaluations_provider FOR UPDATE NOWAIT")
        assert GenerationRun.objects.get().state == "running"


def test_a_run_whose_rows_all_ended_is_ended_by_the_sweeper(fake, provider):
    run = start(provider, prompts=1)
    Generation.objects.update(state="failed", ended_at=timezone.now())
    sweep_generations(now=timezone.now())
    run.refresh_from_db()

    assert run.state == "done"
