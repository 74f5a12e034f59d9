"""A row of everything, as the API's addresses need them, and the addresses filled in with them."""

import re
from functools import cached_property

from evaluations.findings import build_finding
from evaluations.models import Generation, GenerationRun, KnownAnswer
from evaluations.studies import open_study
from evaluations.studies.drafts import ClaimPlan, register_claims
from tests.factories import NOW, make_study
from tests.web.boards import add_votes
from tests.web.things import Things


class Sample(Things):
    """A row of everything, with more in it than the routes need."""

    def __init__(self, **options):
        super().__init__(**options)
        study = self.opened
        # Enough for parts that are ranked by themselves.
        add_votes(study=study)
        assert self.digest
        prompt = study.prompt_set.prompts.first()
        better, worse = prompt.responses.all()[:2]
        KnownAnswer.objects.create(study=study, prompt=prompt, better=better, worse=worse)
        run = GenerationRun.objects.get(token=self.run)
        Generation.objects.create(
            run=run, prompt=prompt, model=better.model, state="failed", error="busy", created_at=NOW
        )
        finding = build_finding(found=Generic(prompt_key=prompt.key, model_name="Alpha"))
        finding.run = run
        finding.save()

    @cached_property
    def opened(self):
        study = make_study(opened=False)
        alpha, beta = study.prompt_set.prompts.first().responses.order_by("model__slug")[:2]
        plan = ClaimPlan(kind="superior", model=alpha.model, rival=beta.model, margin=0, alpha=0.05)
        return open_study(study=register_claims(study=study, claims=[plan], now=NOW), now=NOW)


class Generic:
    """Something found in an answer."""

    kind, file, line, excerpt, says, rule, other_model = "empty", "", None, "", "", "", ""

    def __init__(self, **values):
        vars(self).update(values)


def fill(path, sample, *, slug):
    """The address with its parameters: those of the sample, by the noun that comes before."""
    values = {"token": sample.uploaded, "slug": slug, "id": 1}
    for noun, name, thing in [
        ("prompt-sets", "slug", "prompt_set"),
        ("models", "slug", "model"),
        ("providers", "slug", "provider"),
        ("generations", "token", "run"),
    ]:
        if f"/{noun}/" in path:
            values[name] = getattr(sample, thing)
    if "/battles/{token}" in path:
        values["token"] = sample.own_battle
    if path.endswith("/panel/"):
        values["slug"] = sample.panel_study
    if path.endswith("/published/studies/{slug}/prompts/"):
        values["slug"] = sample.readable_study
    names = re.findall(r"{(\w+)}", path)
    return path.format(**{name: values[name] if name in values else getattr(sample, name) for name in names})
