"""Each address that can be read answers what the API's description says, no more and no less."""

import json

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator

from evaluations.models import Invitation, Provider
from tests.api.samples import fill

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


def test_every_answer_is_as_it_is_described(schema, sample, owner):
    documented = dict(list_documented(schema))
    assert len(documented) > 35
    wrong, empty = {}, []
    for path, described in documented.items():
        for slug in (sample.slug, "draft") if "v1/studies/{slug}" in path else (sample.slug,):
            if slug == "draft" and ("{code}" in path or "{external_id}" in path):
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
    assert {path.split("/")[3] for path in opened} == {"leaderboards", "snapshots", "published"}


def test_key_is_described_as_sent_and_never_answered(schema):
    components = schema["components"]["schemas"]
    assert "key" in components["ProviderRequest"]["properties"]
    assert "key" not in components["Provider"]["properties"]
    assert Provider._meta.get_field("encrypted_key")
    assert not [name for name, one in components.items() if "encrypted_key" in one.get("properties", {})]
    assert "digest" not in components["Invitation"]["properties"]
    assert Invitation._meta.get_field("digest")


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [("?format=zz", "*/*", 404), ("", "image/png", 406)],
    ids=["query", "header"],
)
def test_in_a_format_that_there_is_none_of_it_is_a_problem(client, query, accept, status):
    response = client.get(reverse("api-schema") + query, headers={"Accept": accept})
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == status
