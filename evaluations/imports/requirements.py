"""What an import leans on: a prompt set that is there, what it has, and what may no longer be added to it."""

from django.utils.translation import gettext as _

from evaluations.errors import IngestError
from evaluations.ingest.prompt_rows import KnownPrompts
from evaluations.models import Entry, Import, LanguageModel, PromptSet, Response, Study

OPENED = (Study.State.OPEN, Study.State.CLOSED)


def require_prompt_set(upload: Import) -> PromptSet:
    if upload.prompt_set is None:
        raise IngestError(_("These files belong to no prompt set. Add them again and name one."))
    return upload.prompt_set


def list_frozen_models(*, prompt_set: PromptSet) -> set[str]:
    """Names of the models that a study was opened with: its raters see what these had answered by then."""
    entries = Entry.objects.filter(study__prompt_set=prompt_set, study__state__in=OPENED)
    return set(entries.values_list("model__name", flat=True))


def find_known_prompts(*, prompt_set: PromptSet) -> KnownPrompts:
    """The version that responses are added to, as the check wants to know it."""
    slugs = dict(LanguageModel.objects.values_list("slug", "name"))
    earlier = Import.objects.filter(prompt_set=prompt_set, state=Import.State.IMPORTED)
    called = [
        (name, slugs[slug])
        for counts in earlier.values_list("counts", flat=True)
        for name, slug in counts.get("model_ids", {}).items()
        if slug in slugs
    ]
    answers = Response.objects.filter(prompt__prompt_set=prompt_set)
    return KnownPrompts(
        prompts=dict(prompt_set.prompts.values_list("key", "category")),
        models={**dict(called), **slugs, **{name: name for name in slugs.values()}},
        responses=set(answers.values_list("prompt__key", "model__name").iterator()),
        frozen=list_frozen_models(prompt_set=prompt_set),
    )


def list_makers() -> dict[str, str]:
    """Who makes the models that are there, by their names and short names."""
    known = LanguageModel.objects.exclude(maker="").values_list("name", "slug", "maker")
    return {called: maker for name, slug, maker in known for called in (name, slug)}
