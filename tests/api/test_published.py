"""What everyone reads: no draft, no model of a draft, no text while it would give a battle away."""

import hashlib

import pytest
from django.urls import reverse

from evaluations.models import LanguageModel, LedgerEntry
from evaluations.studies import close_study, start_pilot
from evaluations.studies.amendments import amend_study
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


def get(client, name, *args, status=200, **query):
    response = client.get(reverse(name, args=args), query, headers={"Accept-Language": "en"})
    assert response.status_code == status, response.content
    return response.json()


class TestStudies:
    def test_only_opened_ones(self, client):
        opened = make_study()
        make_study(opened=False, slug="draft")
        start_pilot(study=make_study(opened=False, slug="pilot"), now=NOW)
        page = get(client, "api-published-studies")
        assert [row["slug"] for row in page["results"]] == [opened.slug]
        for slug in ("draft", "pilot", "nowhere"):
            for name in ("api-published-study", "api-protocol", "api-published-prompts"):
                get(client, name, slug, status=404)

    def test_public_facts_and_nothing_of_staff(self, client):
        study = make_study(source="A file.", check_rate=0, limits={"one_side": 0.7})
        said = get(client, "api-published-study", study.slug)
        assert said["protocol_hash"] == study.protocol_hash
        assert said["votes"] is None
        assert [entry["model"] for entry in said["models"]] == ["alpha", "beta", "gamma"]
        assert not {"limits", "comprehension", "created_by", "gaps", "role"} & set(said)

    def test_filters(self, client):
        opened, closed = make_study(), make_study(names=("alpha", "delta"))
        close_study(study=closed, now=NOW)
        simulated = make_study(simulated=True)

        def find(**query):
            return {row["slug"] for row in get(client, "api-published-studies", **query)["results"]}

        assert find(state="closed") == {closed.slug}
        assert find(model="delta") == {closed.slug}
        assert find(simulated="true") == {simulated.slug}
        assert find(simulated="false", state="open") == {opened.slug}
        assert get(client, "api-published-studies", state="draft", status=422)["errors"]["state"]

    def test_queries_do_not_grow_with_studies(self, client, django_assert_num_queries):
        for _ in range(2):
            make_study()
        # The count of requests, of studies; a page of them, their models.
        with django_assert_num_queries(4):
            get(client, "api-published-studies")
        for _ in range(4):
            make_study()
        with django_assert_num_queries(4):
            get(client, "api-published-studies")


class TestProtocols:
    def test_bytes_have_the_ledger_s_hash(self, client):
        study = make_study()
        amend_study(study=study, changes={"target_votes": 4000}, reason="More.", user=None, now=NOW)
        study.refresh_from_db()
        newest = client.get(reverse("api-protocol", args=[study.slug]))
        assert hashlib.sha256(newest.content).hexdigest() == study.protocol_hash
        first = client.get(reverse("api-protocol-version", args=[study.slug, 0]))
        entry = LedgerEntry.objects.get(kind="study_opened")
        assert hashlib.sha256(first.content).hexdigest() in entry.record
        assert "immutable" in first["Cache-Control"]
        get(client, "api-protocol-version", study.slug, 2, status=404)


class TestModels:
    def test_models_of_drafts_are_nobody_s_business(self, client):
        make_study(names=("alpha", "beta"))
        make_study(opened=False, names=("alpha", "secret"))
        page = get(client, "api-published-models")
        assert [row["slug"] for row in page["results"]] == ["alpha", "beta"]
        assert len(page["results"][0]["studies"]) == 1
        get(client, "api-published-model", "secret", status=404)
        assert set(get(client, "api-published-model", "alpha")) == {
            *("slug", "name", "maker", "licence", "released_on", "url", "studies")
        }

    def test_filters(self, client):
        study = make_study(names=("alpha", "beta"))
        draft = make_study(opened=False, names=("beta", "gamma"))
        make_study(names=("gamma", "delta"))
        LanguageModel.objects.filter(slug="delta").update(maker="Delta SA")

        def find(**query):
            return [row["slug"] for row in get(client, "api-published-models", **query)["results"]]

        assert find(study=study.slug) == ["alpha", "beta"]
        assert find(study=draft.slug) == []
        assert find(maker="Delta SA") == ["delta"]


class TestPrompts:
    def test_not_while_raters_could_know_them_before_voting(self, client):
        study = make_study(reveal="after_vote")
        problem = get(client, "api-published-prompts", study.slug, status=403)
        assert "once no study asks about them" in problem["detail"]
        assert "Answer" not in str(problem)

    def test_with_their_authors_once_it_has_closed(self, client):
        study = make_study(names=("alpha", "beta"), prompts=2)
        other = make_study(names=("gamma", "delta"))
        prompt = study.prompt_set.prompts.first()
        # Another study's model answered the same prompt.
        prompt.responses.create(model=other.entries.first().model, text="Theirs.", digest="d")
        close_study(study=study, now=NOW)
        page = get(client, "api-published-prompts", study.slug)
        assert [row["key"] for row in page["results"]] == ["p0", "p1"]
        row = page["results"][0]
        assert row["messages"] == [{"role": "user", "content": "Question 0?"}]
        assert [answer["model"] for answer in row["responses"]] == ["alpha", "beta"]
        assert (
            row["responses"][0]["digest"] == hashlib.sha256(row["responses"][0]["text"].encode()).hexdigest()
        )

    def test_filters(self, client):
        study = make_study(simulated=True)
        assert get(client, "api-published-prompts", study.slug, key="p1")["count"] == 1
        assert get(client, "api-published-prompts", study.slug, category="explain")["count"] == 3
        assert get(client, "api-published-prompts", study.slug, language="fr")["count"] == 0


class TestCaching:
    @pytest.mark.parametrize(
        "name", ["api-published-studies", "api-published-models", "api-leaderboards", "api-board-claims"]
    )
    def test_not_modified_until_it_is(self, client, name):
        study = make_study()
        args = [study.slug] if "board-" in name else []
        first = client.get(reverse(name, args=args))
        assert "max-age=0" in first["Cache-Control"]
        assert "public" in first["Cache-Control"]
        again = client.get(reverse(name, args=args), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        LanguageModel.objects.filter(slug="alpha").update(name="Renamed")
        make_study(slug="one-more")
        if not args:
            changed = client.get(reverse(name), headers={"If-None-Match": first["ETag"]})
            assert changed.status_code == 200
            assert changed["ETag"] != first["ETag"]

    def test_a_refusal_has_no_tag(self, client):
        study = make_study()
        assert "ETag" not in client.get(reverse("api-published-prompts", args=[study.slug]))

    def test_a_session_changes_nothing(self, client, sign_in_as):
        study = make_study()
        signed_in = sign_in_as("superuser")
        answers = [one.get(reverse("api-published-study", args=[study.slug])) for one in (client, signed_in)]
        assert answers[0].content == answers[1].content
