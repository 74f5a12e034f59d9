"""What the parameters of routes stand for in `test_routes.py`: one real row each, made when a route asks for it."""

from datetime import timedelta
from functools import cached_property

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import get_user_model
from knox.models import AuthToken

from evaluations.access import digest_secret
from evaluations.headless import fetch_rater, register_rater
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
from evaluations.studies import close_study, open_study
from evaluations.studies.drafts import ClaimPlan, register_claims
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

    @property
    def claiming_study(self):
        return self.claim.study.slug

    @property
    def claim_number(self):
        return self.claim.number

    @cached_property
    def claim(self):
        """Of a study of its own, registered before it opened."""
        draft = make_study(opened=False)
        model, rival = (entry.model for entry in draft.entries.all()[:2])
        plan = ClaimPlan(kind="superior", model=model, rival=rival, margin=0.0, alpha=0.05)
        draft = register_claims(study=draft, claims=[plan], now=NOW)
        return open_study(study=draft, now=NOW).claims.get()

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
    file = "board.csv"
    name = "votes-csv"
    provider_id = "oidc"
    participant = "5f3c9a7be1d2400012345678"

    model_slug, rival_slug = "alpha", "beta"
    picture, picture_suffix = "wins", "svg"

    @property
    def ranked_study(self):
        assert self.digest
        return self.slug

    @cached_property
    def readable_study(self):
        """One whose prompts and responses anyone may read."""
        return make_study(simulated=True).slug

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

    @property
    def own_rater(self):
        """Of who asks: by the id that their program gave."""
        if self.user is not None:
            register_rater(
                study=self.opened,
                external_id="kiosk-7",
                may_publish=False,
                user=self.user,
                now=NOW,
            )
        return "kiosk-7"

    @property
    def own_battle(self):
        if self.user is None:
            return "nothing"
        place = {"external_id": self.own_rater, "user": self.user}
        return make_battle(study=self.opened, rater=fetch_rater(study=self.opened, **place).rater).token

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
    def closed(self):
        """One that was closed, so that its votes are public."""
        study = make_study()
        add_votes(study=study)
        publish(columns_root=self.columns_root)
        return close_study(study=study, now=NOW)

    @property
    def closed_study(self):
        return self.closed.slug

    @property
    def closed_digest(self):
        return self.closed.leaderboards.get().snapshots.get().result_digest

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
