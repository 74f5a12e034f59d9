"""Pages for all staff, empty and filled, in both looks: files, prompt sets, models, generation, accounts, the log."""

from random import Random

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from evaluations.api_tokens import make_token
from evaluations.generation.attempts import generate
from evaluations.generation.runs import start_generation
from evaluations.models import Import
from tests.e2e.walks import check_page, open_looks, walk
from tests.generation.conftest import fake, make_prompts, make_provider, make_served, provider  # noqa: F401
from tests.ingest.files import PROMPTS, RESPONSES
from tests.providers.server import Behaviour
from tests.web.test_imports import BAD, confirm, send
from tests.web.test_prompt_sets import NEXT, TELLING

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = ["manage", "imports", "imports-new", "prompt-sets", "models", "providers", "generations"]
FORMS = [
    "model-new",
    "provider-new",
    "generation-new",
    "study-new",
    "power",
    "people",
    "audit-log",
    "account",
]
UNKNOWN = "ref,texte de la consigne,ours\nr1,Why is the sky blue?,Because of Rayleigh.\n"
WIDE_NAMES = ",".join(f"response_A model with quite a long name {number}" for number in range(8))
WIDE = (
    f"id,prompt,category,{WIDE_NAMES}\nw1,{'Why ' * 60},explain,{','.join(f'Text {n}' for n in range(8))}\n"
)


@pytest.fixture
def staff(admin_client):
    return admin_client


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """Nobody listens; the tests do the work themselves."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, *args, **options: None)


def find_address(name, upload):
    return reverse(name, args=[upload.token])


def test_nothing_is_there_yet(open_context, admin_user):
    for page in open_looks(open_context, admin_user):
        walk(page, [reverse(name) for name in LISTS + FORMS])


def test_an_import_in_every_state(open_context, admin_user, staff):
    made = {}
    for name, files in {
        "refused": (BAD,),
        "unknown": (UNKNOWN,),
        "telling": (PROMPTS, TELLING),
        "wide": (WIDE,),
    }.items():
        send(staff, *files, title=f"The {name} file", slug=name)
        made[name] = Import.objects.latest("pk")
    for state in ("received", "checking", "importing"):
        send(staff, f"id,prompt\n{state},Why?\n", slug=state, check=False)
        Import.objects.filter(target=state).update(state=state, total=1000, done=380)
        made[state] = Import.objects.latest("pk")
    Import.objects.filter(target="checking").update(seen_at="2020-01-01T00:00Z")

    addresses = [find_address("import", upload) for upload in made.values()]
    addresses += [
        find_address("import-columns", made["unknown"]),
        find_address("import-findings", made["telling"]),
        find_address("import-findings", made["telling"]) + "?undecided=1",
        find_address("import", made["refused"]) + "?severity=error",
    ]
    for page in open_looks(open_context, admin_user):
        walk(page, [*addresses, reverse("imports"), reverse("manage")])


def test_prompt_sets_and_what_changed(open_context, admin_user, staff):
    for files in ((PROMPTS, RESPONSES), (NEXT,)):
        send(staff, *files)
        confirm(staff)
    upload = Import.objects.latest("pk")
    addresses = [
        find_address("import", upload),
        reverse("prompt-sets"),
        reverse("prompt-set", args=["tasks", 1]),
        reverse("prompt-set-difference", args=["tasks", 2, 1]),
        reverse("study-new"),
        reverse("imports-new"),
    ]
    for page in open_looks(open_context, admin_user):
        walk(page, addresses)


def test_models_providers_and_generation(open_context, admin_user, fake, provider):  # noqa: F811
    delta, prompts = make_served(provider), make_prompts(4)
    fake.script(Behaviour(text="I am Delta, made by Fake."), Behaviour(text=""), Behaviour(status=400))
    now = timezone.now()
    run = start_generation(prompt_set=prompts, models=[delta], budget=5, user=admin_user, now=now)
    generate_next(run)
    planned = f"{reverse('generation-new')}?prompt_set={prompts.pk}"
    under_way = reverse("generation", args=[run.token])
    pages = list(open_looks(open_context, admin_user))
    for page in pages:
        walk(page, [under_way, reverse("generations")])
    while run.generations.filter(state="waiting").exists():
        generate_next(run)
    names = [("model", "delta"), ("model-edit", "delta"), ("provider", "fake")]
    for page in pages:
        walk(page, [under_way, planned, reverse("generations"), reverse("models"), reverse("providers")])
        walk(page, [reverse(name, args=[slug]) for name, slug in names])


def generate_next(run):
    pk = run.generations.filter(state="waiting").values_list("pk", flat=True)[0]
    run.generations.filter(pk=pk).update(state="waiting")
    generate(generation_id=pk, clock=timezone.now, random=Random(0))


def test_accounts_and_the_log(open_context, admin_user):
    make_token(user=admin_user, now=timezone.now())
    person = get_user_model().objects.create_user(
        "a.name.that.takes.quite.some.room@example.org", is_staff=True
    )
    addresses = [reverse("account"), reverse("people"), reverse("person", args=[person.pk])]
    addresses += [reverse("audit-log"), reverse("account_change_password")]
    for page in open_looks(open_context):
        page.goto(reverse("account"))
        check_page(page)
        page.fill("input[name=login]", admin_user.get_username())
        page.fill("input[name=password]", "password")
        with page.expect_navigation():
            page.click("main form button")
        walk(page, [*addresses, reverse("mfa_activate_totp")])


def test_an_account_with_a_second_factor(open_context, admin_user):
    TOTP.activate(admin_user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(admin_user)
    for page in open_looks(open_context, admin_user):
        walk(page, [reverse("account"), reverse("mfa_view_recovery_codes")])
    for page in open_looks(open_context):
        page.goto(reverse("account"))
        page.fill("input[name=login]", admin_user.get_username())
        page.fill("input[name=password]", "password")
        with page.expect_navigation():
            page.click("main form button")
        assert page.url.partition("?")[0].endswith(reverse("mfa_authenticate"))
        check_page(page)


def test_ways_back_in(open_context):
    names = ["sign-in", "account_reset_password", "account_reset_password_done", "account_inactive"]
    for page in open_looks(open_context):
        walk(page, [reverse(name) for name in names])
