"""What of a study is public, and when."""

import pytest

from evaluations.errors import NotPublished
from evaluations.models import PromptSet
from evaluations.publicity import require_bundle, require_texts, require_votes, shows_texts, shows_votes
from evaluations.studies import close_study, create_study, open_study
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reveal", ["after_vote", "at_close"])
def test_votes_and_texts_wait_for_the_close(reveal):
    study = make_study(reveal=reveal)
    for require in (require_votes, require_texts, require_bundle):
        with pytest.raises(NotPublished):
            require(study=study)
    closed = close_study(study=study, now=NOW)
    require_votes(study=closed)
    require_texts(study=closed)
    require_bundle(study=closed)


@pytest.mark.parametrize("kind", ["recorded", "simulated"])
def test_nobody_rates_what_was_recorded_or_simulated(kind):
    study = make_study(**{kind: True})
    assert shows_votes(study=study)
    assert shows_texts(study=study)


@pytest.mark.parametrize("version", ["the same version", "another version", "another name"])
def test_texts_wait_while_another_study_asks_about_the_same_prompts(version):
    closed = close_study(study=make_study(), now=NOW)
    prompt_set = closed.prompt_set
    if version != "the same version":
        told = {
            "another version": {"slug": prompt_set.slug, "version": 2, "content_hash": "new"},
            "another name": {"slug": "other", "content_hash": prompt_set.content_hash},
        }
        prompt_set = PromptSet.objects.create(title="New", created_at=NOW, **told[version])
        for prompt in closed.prompt_set.prompts.all():
            answers = list(prompt.responses.all())
            prompt.pk, prompt.prompt_set = None, prompt_set
            prompt.save()
            for answer in answers:
                answer.pk, answer.prompt = None, prompt
                answer.save()
    models = [entry.model for entry in closed.entries.select_related("model")]
    draft = create_study(slug="again", title="Again", prompt_set=prompt_set, models=models, now=NOW)
    assert shows_texts(study=closed)
    asking = open_study(study=draft, now=NOW)
    assert not shows_texts(study=closed)
    with pytest.raises(NotPublished, match="says how long each response is"):
        require_bundle(study=closed)
    assert shows_votes(study=closed)
    close_study(study=asking, now=NOW)
    assert shows_texts(study=closed)
