"""What the parameters of routes stand for in `test_routes.py`: one real row each, made when a route asks for it."""

from datetime import timedelta
from functools import cached_property

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import get_user_model
from knox.models import AuthToken

from evaluations.access import digest_secret
from evaluations.ledger import seal_all
from evaluations.models import (
    Admission,
    GenerationRun,
    Import,
    Invitation,
    KnownAnswer,
    Membership,
    Panel,
    Provider,
    RaterDecision,
    Reminder,
    Study,
)
from evaluations.quality.exclusions import name_rater
from tests.factories import NOW, make_battle, make_study
from tests.web.boards import add_votes, publish

SECRET = "an-invitation-s-secret"


class Things:
    """Each property is the value of a parameter; `user` is whoever asks, where one does."""

    def __init__(self, *, columns_root):
        self.columns_root = columns_root
        self.user = None

    @cached_property
    def opened(self):
        return make_study()

    @property
    def slug(self):
        return self.opened.slug

    @property
    def panel_study(self):
        return self.panel.slug

    @cached_property
    def panel(self):
        study = make_study(access=Study.Access.PANEL)
        codes = {"code_done": "A", "code_screened_out": "B", "code_stopped": "C"}
        Panel.objects.create(study=study, **codes)
        Admission.objects.create(study=study, rater=self.battle_row.rater, admitted_at=NOW)
        return study

    @property
    def prompt_set(self):
        return self.opened.prompt_set.slug

    version = other = 1
    number = 0
    step = "question"
    suffix = "md"
    name = "votes-csv"
    provider_id = "oidc"
    participant = "5f3c9a7be1d2400012345678"

    @property
    def model(self):
        return self.opened.entries.first().model.slug

    @property
    def prompt(self):
        return self.opened.prompt_set.prompts.first().pk

    @property
    def response(self):
        return self.opened.prompt_set.prompts.first().responses.first().pk

    @cached_property
    def battle_row(self):
        return make_battle(study=self.opened)

    @property
    def battle(self):
        return self.battle_row.token

    @property
    def reminder_number(self):
        rater = self.battle_row.rater
        Reminder.objects.get_or_create(
            study=self.opened, rater=rater, number=1, kind="fast", defaults={"made_at": NOW}
        )
        return 1

    @cached_property
    def known_answer(self):
        prompt = self.opened.prompt_set.prompts.first()
        better, worse = prompt.responses.all()[:2]
        return KnownAnswer.objects.create(
            study=make_study(opened=False), prompt=prompt, better=better, worse=worse
        ).pk

    @cached_property
    def invitation(self):
        return Invitation.objects.create(study=self.opened, digest=digest_secret(SECRET), created_at=NOW).pk

    @property
    def secret(self):
        assert self.invitation
        return SECRET

    @cached_property
    def digest(self):
        add_votes(study=self.opened)
        publish(columns_root=self.columns_root)
        return self.opened.leaderboards.get().snapshots.get().result_digest

    @cached_property
    def person(self):
        return get_user_model().objects.create_user("someone", is_staff=True).pk

    @cached_property
    def membership(self):
        user = get_user_model().objects.get(pk=self.person)
        return Membership.objects.create(study=self.opened, user=user, role="viewer", created_at=NOW).pk

    @property
    def own_token(self):
        return AuthToken.objects.create(user=self.user)[0].token_key if self.user else "0" * 15

    @property
    def uidb36(self):
        return user_pk_to_url_str(get_user_model().objects.get(pk=self.person))

    key = "not-a-key"

    @cached_property
    def provider(self):
        return Provider.objects.create(slug="ours", name="Ours", protocol="openai", created_at=NOW).slug

    @cached_property
    def run(self):
        return GenerationRun.objects.create(
            token="run", prompt_set=self.opened.prompt_set, budget=1, created_at=NOW
        ).token

    @cached_property
    def upload(self):
        return Import.objects.create(
            token="upload",
            kind="prompts",
            state="checked",
            target="letters",
            content_hash="h",
            created_at=NOW,
        ).token

    @cached_property
    def code(self):
        add_votes(study=self.opened)
        seal_all(now=NOW + timedelta(days=1))
        return name_rater(1)

    decision = RaterDecision.Decision.KEEP
    reason = "looked at by a person"
