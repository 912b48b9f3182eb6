"""The schema is complete: each operation has a name, a room, words, examples that are true, and its errors."""

import datetime
import json
import re
from collections import Counter

import jsonschema
import pytest
from django.conf import settings

from stakazo.management.commands.contract import contract

pytestmark = pytest.mark.any_database

SCHEMA = contract()[1]
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
JSON = "application/json"
WITHOUT_WORDS = {"BlankEnum"}  # of an enum that may be empty, by drf-spectacular
each_operation = pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)


def plain(example):
    """As JSON has it: YAML reads times as times."""
    return json.loads(
        json.dumps(
            example, default=lambda at: at.isoformat() if isinstance(at, datetime.date) else at
        )
    )


def contents(operation):
    """(where, content) of what is sent as JSON and of what succeeds."""
    body = operation.get("requestBody", {}).get("content", {})
    if JSON in body:
        yield "request", body[JSON]
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status.startswith("2") and not kind.startswith("image/"):
                yield f"{status} {kind}", content


@each_operation
def test_an_operation_has_words_and_examples_that_its_own_schema_takes(path, method, operation):
    tags = {tag["name"] for tag in SCHEMA["tags"]}
    assert len(operation["tags"]) == 1
    assert set(operation["tags"]) <= tags
    assert operation.get("summary") or operation.get("description")
    for where, content in contents(operation):
        assert content.get("examples"), f"no example: {where}"
        whole = content["schema"] | {"components": SCHEMA["components"]}
        for name, example in content["examples"].items():
            try:
                jsonschema.validate(
                    plain(example["value"]), whole, cls=jsonschema.Draft202012Validator
                )
            except jsonschema.ValidationError as error:
                pytest.fail(f"{where}, {name}: {error.message} at {list(error.absolute_path)}")


@each_operation
def test_an_operation_names_the_errors_of_its_kind(path, method, operation):
    responses = operation["responses"]
    expected = set()
    if any(operation.get("security", [])):
        expected |= {"401", "403"}
    if "{" in path:
        expected |= {"404"}
    if "requestBody" in operation:
        expected |= {"400", "409", "413", "415"}
    if any(each["in"] == "query" for each in operation.get("parameters", [])):
        expected |= {"400"}
    assert expected <= set(responses)
    for status, answer in responses.items():
        if status.startswith(("4", "5")):
            shape = answer["content"][JSON]["schema"]["$ref"]
            health = operation["operationId"].startswith("debug_health")
            assert shape.endswith("HealthOut" if health else "/ErrorOut")
            assert answer["description"]


@each_operation
def test_a_read_can_be_asked_only_for_what_is_new(path, method, operation):
    asked = "If-None-Match" in {each["name"] for each in operation.get("parameters", [])}
    assert asked == ("304" in operation["responses"])
    if asked:
        assert "ETag" in operation["responses"]["200"]["headers"]
        assert method == "get"


def test_each_operation_has_a_name_of_its_own():
    names = Counter(each.values[2]["operationId"] for each in OPERATIONS)
    assert [name for name, count in names.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z][a-z_]+", name) for name in names)


def test_every_enum_has_a_name_that_we_gave_it():
    named = {name for name in SCHEMA["components"]["schemas"] if name.endswith("Enum")}
    assert named - WITHOUT_WORDS == set(settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"])
