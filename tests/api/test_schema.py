"""Each address that can be read answers what the API's description says, no more and no less."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from jsonschema import Draft202012Validator

from evaluations.findings import build_finding
from evaluations.models import (
    Generation,
    GenerationRun,
    Import,
    ImportFault,
    Invitation,
    KnownAnswer,
    Provider,
    Study,
)
from evaluations.tasks import check_import
from tests.factories import NOW, make_study
from tests.ingest.files import PROMPTS, RESPONSES
from tests.web.things import Things

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    return client.get(reverse("api-schema"), headers={"Accept": "application/json"}).json()


def close(node, components):
    """The schema with its components in place, and with nothing allowed that it does not name."""
    if isinstance(node, list):
        return [close(item, components) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return close(components[node["$ref"].rpartition("/")[2]], components)
    # Formats are not checked here, and without them an empty address is either kind of text.
    closed = {"anyOf" if name == "oneOf" else name: close(value, components) for name, value in node.items()}
    if "properties" in node:
        closed |= {"additionalProperties": False, "required": list(node["properties"])}
    return closed


def list_documented(schema):
    """Addresses that answer with JSON, each with what it says that it answers."""
    for path, methods in schema["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" in content:
            yield path, close(content["application/json"]["schema"], schema["components"]["schemas"])


class Sample(Things):
    """A row of everything, with more in it than the routes need."""

    def __init__(self, **options):
        super().__init__(**options)
        study = self.opened
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


class Generic:
    """Something found in an answer."""

    kind, file, line, excerpt, says, rule, other_model = "empty", "", None, "", "", "", ""

    def __init__(self, **values):
        vars(self).update(values)


@pytest.fixture
def sample(db, settings):
    return Sample(columns_root=settings.COLUMNS_ROOT)


@pytest.fixture
def owner(program, sample):
    """A superuser's program, and rows that it makes itself."""
    one = program("superuser")
    slug = sample.slug
    study = make_study(opened=False, slug="draft", access=Study.Access.INVITATION)
    one.expect(201, "POST", "api-invitations", "draft", sent={"label": "A class"})
    one.expect(200, "PATCH", "api-study", "draft", sent={"sampling": "designed", "votes_per_item": 2})
    claim = {"model": "alpha", "rival": "beta"}
    one.expect(200, "PUT", "api-claims", study.slug, sent={"claims": [claim]})
    one.expect(201, "POST", "api-amendments", slug, sent={"reason": "More are needed.", "target_votes": 5000})
    place, after = ("api-decisions", slug, sample.code), 0
    for decision in ("keep", "exclude"):
        sent = {"decision": decision, "reason": "Always left.", "after": after}
        after = one.expect(201, "POST", *place, sent=sent)["id"]
    assert sample.provider
    assert sample.membership
    files = [SimpleUploadedFile(f"f{at}.csv", text.encode()) for at, text in enumerate([PROMPTS, RESPONSES])]
    given = {"file": files, "title": "Tasks", "slug": sample.prompt_set}
    token = one.ask("POST", "api-imports", files=given).json()["token"]
    upload = Import.objects.get(token=token)
    check_import(import_id=upload.pk)
    ImportFault.objects.create(upload=upload, file="f0.csv", line=2, problem="Odd.", remedy="Mend it.")
    sample.uploaded = token
    return one


def fill(path, sample, *, slug):
    """The address with its parameters: those of the sample, by the noun that comes before."""
    values = {"token": sample.uploaded, "slug": slug, "pk": 1}
    for noun, name, thing in [
        ("prompt-sets", "slug", "prompt_set"),
        ("models", "slug", "model"),
        ("providers", "slug", "provider"),
        ("generations", "token", "run"),
    ]:
        if f"/{noun}/" in path:
            values[name] = getattr(sample, thing)
    if path.endswith("/panel/"):
        values["slug"] = sample.panel_study
    names = re.findall(r"{(\w+)}", path)
    return path.format(**{name: values[name] if name in values else getattr(sample, name) for name in names})


def test_every_answer_is_as_it_is_described(schema, sample, owner):
    documented = dict(list_documented(schema))
    assert len(documented) > 35
    wrong, empty = {}, []
    for path, described in documented.items():
        for slug in (sample.slug, "draft") if "/studies/{slug}" in path else (sample.slug,):
            if slug == "draft" and "{code}" in path:
                continue
            address = fill(path, sample, slug=slug)
            response = owner.client.get(address, headers={"Authorization": f"Token {owner.token}"})
            assert response.status_code == 200, (address, response.content)
            answer = json.loads(response.content)
            errors = [
                f"{error.json_path}: {error.message}"
                for error in Draft202012Validator(described).iter_errors(answer)
            ]
            if errors:
                wrong[address] = errors
            if answer.get("results"):
                empty = [one for one in empty if one != path]
            elif "results" in answer and slug != "draft":
                empty.append(path)
    assert not wrong, json.dumps(wrong, indent=1)
    # Invitations are the draft's.
    assert not [path for path in empty if not path.endswith("/invitations/")], empty


def test_staff_addresses_are_described_with_both_ways_to_sign_in(schema):
    described = schema["paths"]["/api/v1/imports/"]["post"]
    assert {"token": []} in described["security"]
    assert {} not in described["security"]
    assert "multipart/form-data" in described["requestBody"]["content"]
    assert "application/problem+json" in described["responses"]["4XX"]["content"]


def test_only_what_everyone_may_read_is_described_as_open(schema):
    opened = {
        path
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if {} in operation.get("security", [])
    }
    assert {path.split("/")[3] for path in opened} == {"leaderboards", "snapshots"}


def test_key_is_described_as_sent_and_never_answered(schema):
    components = schema["components"]["schemas"]
    assert "key" in components["ProviderRequest"]["properties"]
    assert "key" not in components["Provider"]["properties"]
    assert Provider._meta.get_field("encrypted_key")
    assert not [name for name, one in components.items() if "encrypted_key" in one.get("properties", {})]
    assert "digest" not in components["Invitation"]["properties"]
    assert Invitation._meta.get_field("digest")
