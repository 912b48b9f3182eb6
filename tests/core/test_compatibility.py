"""What breaks programs that were written for the last contract, and what does not."""

import copy

import pytest
from django.core.management import call_command

from stakazo.core.api.compatibility import breaking_changes
from stakazo.management.commands.contract import contract

pytestmark = pytest.mark.any_database

CLIP = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"$ref": "#/components/schemas/StatusEnum"},
        "score": {"type": ["number", "null"]},
        "inside": {"type": "array", "items": {"$ref": "#/components/schemas/Clip"}},
    },
}
NEW_CLIP = {
    "type": "object",
    "required": ["start_ms"],
    "properties": {
        "start_ms": {"type": "integer", "minimum": 0, "maximum": 100},
        "title": {"type": ["string", "null"], "maxLength": 200},
        "mode": {"allOf": [{"$ref": "#/components/schemas/StatusEnum"}], "default": "ready"},
    },
}
BEFORE = {
    "info": {"version": "1.0.0"},
    "paths": {
        "/clips": {
            "get": {
                "operationId": "clips_list",
                "security": [{"bearer": []}, {"apiKey": []}],
                "parameters": [
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 200}}
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Clip"}}
                        }
                    }
                },
            },
            "post": {
                "operationId": "clips_create",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewClip"}}
                    }
                },
                "responses": {"201": {}, "404": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "StatusEnum": {"type": "string", "enum": ["ready", "archived"]},
            "Clip": CLIP,
            "NewClip": NEW_CLIP,
        }
    },
}


def changed(path, value=None):
    """BEFORE with one place set to a value, or taken out."""
    after = copy.deepcopy(BEFORE)
    *way, last = path
    node = after
    for step in way:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return after


GET = ("paths", "/clips", "get")
POST = ("paths", "/clips", "post")
JSON = ("content", "application/json")
ANSWER = ("components", "schemas", "Clip")
ASKED = ("components", "schemas", "NewClip")
LIMIT = (*GET, "parameters", 0)

BREAKING = {
    "an operation goes": (GET, None, "GET /clips: is gone."),
    "a path goes": (("paths", "/clips"), None, "POST /clips: is gone."),
    "an operation has another name": ((*GET, "operationId"), "all_clips", "is called all_clips"),
    "a way in goes": ((*GET, "security"), [{"bearer": []}], "comes in any more by apiKey"),
    "an open door is locked": ((*POST, "security"), [{"bearer": []}], "any more by nothing"),
    "a parameter goes": ((*GET, "parameters"), [], "parameter limit is gone."),
    "a parameter becomes required": ((*LIMIT, "required"), True, "limit is required now."),
    "a parameter is bounded closer": ((*LIMIT, "schema", "maximum"), 100, "has maximum 100"),
    "a parameter has another type": ((*LIMIT, "schema"), {"type": "string"}, "may not be integer"),
    "a parameter comes that must be": (
        (*GET, "parameters"),
        [*BEFORE["paths"]["/clips"]["get"]["parameters"],
         {"in": "query", "name": "video", "required": True, "schema": {}}],
        "parameter video is new and required.",
    ),
    "a body becomes required": ((*POST, "requestBody", "required"), True, "a body is required"),
    "a body of a kind is not taken": (
        (*POST, "requestBody", "content"), {"text/csv": {}}, "no body of application/json",
    ),
    "an input becomes required": ((*ASKED, "required"), ["start_ms", "title"], "body.title is req"),
    "an input goes": ((*ASKED, "properties", "title"), None, "body.title is not taken"),
    "an input may not be null": ((*ASKED, "properties", "title", "type"), "string", "not be null"),
    "an input is bounded closer": ((*ASKED, "properties", "start_ms", "minimum"), 1, "minimum 1"),
    "an input is shorter": ((*ASKED, "properties", "title", "maxLength"), 100, "maxLength 100"),
    "an input has a form": ((*ASKED, "properties", "title", "pattern"), "^x", "pattern ^x"),
    "an answer has another status": ((*POST, "responses"), {"200": {}}, "not answer 201 any"),
    "an answer may have a further status": ((*POST, "responses", "202"), {}, "may answer 202 now."),
    "an answer comes as something else": (
        (*GET, "responses", "200", "content"), {"text/csv": {}}, "200 as application/json any",
    ),
    "a field goes": ((*ANSWER, "properties", "score"), None, "answer 200.score is gone."),
    "a field is not always there": ((*ANSWER, "required"), ["id"], "status is not always there"),
    "a field may be null": ((*ANSWER, "properties", "id", "type"), ["string", "null"], "be null now"),
    "a field has another format": ((*ANSWER, "properties", "id", "format"), "uri", "had format uuid"),
    "a field has another type": ((*ANSWER, "properties", "score"), {"type": "string"}, "be string"),
    "a value of an enum goes": (
        ("components", "schemas", "StatusEnum", "enum"), ["ready"], "status knows archived no more.",
    ),
    "an enum becomes any text": (
        ("components", "schemas", "StatusEnum"), {"type": "string"}, "status may be any value now.",
    ),
}  # fmt: skip
HARMLESS = {
    "nothing": (("info", "version"), "1.0.0"),
    "an operation comes": ((*GET[:2], "delete"), {"operationId": "x", "responses": {}}),
    "a parameter comes": (
        (*GET, "parameters"),
        [*BEFORE["paths"]["/clips"]["get"]["parameters"], {"in": "query", "name": "q", "schema": {}}],
    ),
    "an input comes": ((*ASKED, "properties", "rank"), {"type": "integer"}),
    "an input is not required any more": ((*ASKED, "required"), []),
    "an input may be larger": ((*ASKED, "properties", "start_ms", "maximum"), 200),
    "a bound goes": ((*ASKED, "properties", "start_ms", "maximum"), None),
    "an input takes any number": ((*ASKED, "properties", "start_ms", "type"), "number"),
    "a field comes": ((*ANSWER, "properties", "rank"), {"type": "integer"}),
    "a field is always there now": ((*ANSWER, "required"), ["id", "status", "score"]),
    "a field is never null now": ((*ANSWER, "properties", "score", "type"), "number"),
    "a value of an enum comes": (
        ("components", "schemas", "StatusEnum", "enum"), ["ready", "archived", "lost"],
    ),
    "an error goes": ((*POST, "responses", "404"), None),
    "a way in comes": ((*GET, "security"), [{"bearer": []}, {"apiKey": []}, {"cookieAuth": []}]),
    "the words change": ((*ANSWER, "description"), "Better words."),
}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "words"), BREAKING.values(), ids=BREAKING)
def test_a_break_is_told(path, value, words):
    found = breaking_changes(BEFORE, changed(path, value))
    assert any(words in each for each in found), found


@pytest.mark.parametrize(("path", "value"), HARMLESS.values(), ids=HARMLESS)
def test_what_breaks_nobody_is_not_told(path, value):
    assert breaking_changes(BEFORE, changed(path, value)) == []


# --- The command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours():
    return contract()


def test_the_contract_that_is_written_down_is_the_one_that_is_served(capsys):
    call_command("contract")
    assert capsys.readouterr().out.startswith("The contract ")


def test_a_drift_and_a_break_fail_the_check(ours, tmp_path, capsys):
    text, _ = ours
    docs = tmp_path / "docs"
    docs.mkdir()
    call_command("contract", "--release", folder=tmp_path)
    assert (docs / "openapi.yaml").read_text() == text

    (docs / "openapi.yaml").write_text(text.replace("clips_list", "clips_lost"))
    with pytest.raises(SystemExit) as stopped:
        call_command("contract", folder=tmp_path)
    assert stopped.value.code == 1
    assert "is not what the code says" in capsys.readouterr().out

    call_command("contract", "--write", folder=tmp_path)
    released = docs / "openapi-released.yaml"
    was = released.read_text()
    released.write_text(was.replace("operationId: clips_list", "operationId: clips_all"))
    with pytest.raises(SystemExit):
        call_command("contract", folder=tmp_path)
    assert "was called clips_all, is called clips_list" in capsys.readouterr().out


def test_a_higher_first_number_of_the_version_allows_a_break(tmp_path, settings):
    (tmp_path / "docs").mkdir()
    call_command("contract", "--release", folder=tmp_path)
    released = tmp_path / "docs" / "openapi-released.yaml"
    text = released.read_text().replace("operationId: clips_list", "operationId: clips_all")
    released.write_text(text.replace("version: 1.", "version: 0."))
    call_command("contract", folder=tmp_path)


def test_the_api_has_the_version_of_the_product(ours, settings):
    import tomllib

    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    assert ours[1]["info"]["version"] == project["version"]
