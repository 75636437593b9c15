"""The description is valid, whole and true: what it shows can be sent as it stands."""

from __future__ import annotations

from typing import Any

import jsonschema
import orjson
import pytest
from openapi_spec_validator import validate
from pydantic import TypeAdapter

from marketplace.developers import rules
from marketplace.developers.queries import document, reference

DOCUMENT = document.document()
COMPONENTS = DOCUMENT["components"]["schemas"]
OPERATIONS = {f"{op.tag}_{op.handler.__name__}": op for op in document.operations()}
DESCRIBED = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}


def references(value: Any) -> set[str]:
    """Every $ref below a value."""
    if isinstance(value, dict):
        here = {value["$ref"]} if "$ref" in value else set()
        return here.union(*(references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(references(each) for each in value))
    return set()


def accepts(schema: dict[str, Any], value: Any) -> None:
    """Raise when the schema refuses the value."""
    whole = {**schema, "components": {"schemas": COMPONENTS}}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.FormatChecker(["uuid", "date", "email"])
    ).validate(value)


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


def test_every_operation_is_described_once_under_its_own_name() -> None:
    described = [o["operationId"] for m in DOCUMENT["paths"].values() for o in m.values()]
    assert len(described) == len(set(described)) == len(document.operations())


def test_every_reference_leads_somewhere_and_every_shape_is_used() -> None:
    used = {each.removeprefix("#/components/schemas/") for each in references(DOCUMENT)}
    assert used == set(COMPONENTS)


def test_models_of_one_name_in_two_features_stay_apart() -> None:
    mine = DESCRIBED["profiles_show"]["responses"]["200"]["content"]["application/json"]["schema"]
    public = DESCRIBED["directory_show"]["responses"]["200"]["content"]["application/json"]
    assert mine != public["schema"]
    person = reference.body_of(DESCRIBED["accounts_update_me"])
    assert person
    assert set(rules.target(person, COMPONENTS)["properties"]) == {"name", "locale"}


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_an_operation_says_what_it_does_and_how_it_may_refuse(name: str) -> None:
    described, operation = DESCRIBED[name], OPERATIONS[name]
    codes = set(described["responses"])
    assert 10 <= len(described["summary"]) <= 120
    assert sum(code < "300" for code in codes) == 1
    if operation.guard.__name__ != "public":
        assert {"401", "403"} <= codes
    if operation.params:
        assert "404" in codes
    if operation.body is not None:
        assert {"400", "413", "415", "422"} <= codes
    if operation.idempotent:
        assert {"409", "422"} <= codes


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_the_examples_are_accepted(name: str) -> None:
    described, operation = DESCRIBED[name], OPERATIONS[name]
    body = reference.body_of(described)
    if body is not None:
        shown = rules.example(body, COMPONENTS)
        accepts(body, shown)
        TypeAdapter(operation.body).validate_json(orjson.dumps(shown))
    for status, answer in described["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if status < "300" and schema is not None:
            accepts(schema, rules.example(schema, COMPONENTS))
