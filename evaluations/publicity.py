"""What of a study is public, and when: its figures always; its votes and its texts so that no battle is given away."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evaluations.errors import NotPublished
from evaluations.models import PromptSet, Study


def shows_votes(*, study: Study) -> bool:
    """Whether single votes may be read. While raters vote, votes that name their models, and gaps between them where
    repeats and checks were, would tell a rater who finds his own among them more than the study does."""
    return study.closed_at is not None or study.recorded or study.simulated


def shows_texts(*, study: Study) -> bool:
    """Whether prompts may be read with the responses and their authors, and what tells responses apart: how long they
    are, how they are laid out. While battles are shown, who has read them would know the authors before voting; so too
    where another study still asks about the same prompts, in any version of their set or under another name."""
    return shows_votes(study=study) and not find_asking(study=study).exists()


def find_asking(*, study: Study) -> QuerySet[Study]:
    """Other studies that raters are asked about the same prompts in now, in any version of their set or under another
    name."""
    own = PromptSet.objects.filter(pk=study.prompt_set_id)
    same = Q(prompt_set__slug__in=own.values("slug")) | Q(
        prompt_set__content_hash__in=own.values("content_hash")
    )
    asking = Study.objects.filter(same, state__in=[Study.State.PILOT, Study.State.OPEN])
    return asking.filter(recorded=False, simulated=False).exclude(pk=study.pk)


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


def require_bundle(*, study: Study) -> None:
    """Raises NotPublished: a bundle has the votes, and of each response how it is laid out."""
    require_votes(study=study)
    if not shows_texts(study=study):
        raise NotPublished(
            _(
                "A bundle of “%(title)s” says how long each response is. Another study asks about the same prompts "
                "now, and its raters must not know that before: the bundle is given out again when it has closed."
            )
            % {"title": study.title}
        )


def name_licence() -> tuple[str, str]:
    """The licence that the operator gives the data, and its address; two empty texts where none was stated."""
    return settings.DATA_LICENCE, settings.DATA_LICENCE_URL
