"""What of a study is public, and when: its figures always; its votes and its texts so that no battle is given away."""

from django.conf import settings
from django.utils.translation import gettext as _

from evaluations.errors import NotPublished
from evaluations.models import PromptSet, Study


def shows_votes(*, study: Study) -> bool:
    """Whether single votes may be read. While raters vote, votes that name their models, and gaps between them where
    repeats and checks were, would tell a rater who finds his own among them more than the study does."""
    return study.closed_at is not None or study.recorded or study.simulated


def shows_texts(*, study: Study) -> bool:
    """Whether prompts may be read with the responses and their authors. While battles are shown, who has read them
    would know the authors before voting; so too where another study still asks about prompts of the same set."""
    if not shows_votes(study=study):
        return False
    same_set = PromptSet.objects.filter(pk=study.prompt_set_id).values("slug")
    asking = Study.objects.filter(prompt_set__slug__in=same_set, recorded=False, simulated=False)
    return not asking.filter(state__in=[Study.State.PILOT, Study.State.OPEN]).exclude(pk=study.pk).exists()


def require_votes(*, study: Study) -> None:
    """Raises NotPublished."""
    if not shows_votes(study=study):
        raise NotPublished(
            _(
                "The votes of “%(title)s” are published when it closes. Its figures are public from the first day."
            )
            % {"title": study.title}
        )


def require_texts(*, study: Study) -> None:
    """Raises NotPublished."""
    if not shows_texts(study=study):
        raise NotPublished(
            _(
                "Prompts and responses of “%(title)s” can be read once no study asks about them any more: raters must "
                "not know them before."
            )
            % {"title": study.title}
        )


def name_licence() -> tuple[str, str]:
    """The licence that the operator gives the data, and its address; two empty texts where none was stated."""
    return settings.DATA_LICENCE, settings.DATA_LICENCE_URL
