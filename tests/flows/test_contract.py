"""What the schema promises, held against bad input and against everybody who may not.

Each operation of the generated OpenAPI schema gets values that break things. It may refuse them, in the
one shape and with a status that the schema names; it may not break.
"""

import copy
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from drf_spectacular.generators import SchemaGenerator

from campaigns.services.rules import propose_rule
from jobs.services import enqueue
from ledger.models import LedgerEvent
from media_assets.models import Card, Watermark
from media_assets.services.uploads import start_upload
from publishing.models import OAuthState, Platform, PostFinding, PublishStep, ReconcileRun
from publishing.outgoing.models import OutgoingDelivery, WebhookSubscriber
from stakazo.alerts.services import raise_alert
from stakazo.identity.models import ApiKey
from stakazo.identity.services import create_api_key, note_browser_login
from stakazo.reasoning.models import ReasoningRun
from tests.factories import (
    make_account,
    make_campaign,
    make_captions,
    make_clip,
    make_graphic,
    make_publication,
    make_user,
    make_variant,
    make_video,
)

SCHEMA = SchemaGenerator().get_schema(request=None, public=True)
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
    if method in ("get", "post", "put", "patch", "delete")
]

# Open to everybody, each for its reason.
PUBLIC = {
    "auth_register",  # closed by a setting, and says so itself
    "auth_login",
    "auth_refresh",
    "auth_logout",
    "debug_health",
    "debug_health_live",
    "debug_health_ready",
    "webhooks_challenge",  # platforms sign what they send
    "webhooks_receive",
    "webhooks_challenge_instagram",
    "webhooks_receive_instagram",
}
# They take a POST, but change nothing that others see.
HARMLESS = {"engine_evaluate", "telemetry_ticket"}
# Everybody's own, whatever the role; no key has any of it.
KEYS = {"auth_keys", "auth_keys_create", "auth_key", "auth_key_change"}
KEYS |= {"auth_key_rotate", "auth_key_revoke"}
PERSONAL = {"auth_password", "auth_sessions", "auth_session_end"}

LONG = "x" * 30_000
UNKNOWN_ID = "0190a0b0-0000-7000-8000-000000000001"
NO_IDS = ["x", "\x00", "-1", "' OR 1=1; --", "../../etc/passwd", "%00", LONG]
TEXTS = [
    "",
    " ",
    "x",
    "\x00",
    "a\x00b",
    "-1",
    "0",
    "1.5",
    "1e999",
    "nan",
    str(2**31),
    str(2**63),
    "9" * 40,
    "²",
    "٣",
    "' OR 1=1; DROP TABLE jobs; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00",
    "💥é‮",
    UNKNOWN_ID,
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00+14:00",
    "cD1ub25l",  # cursors: p=none, o=-1, r=x&p=1
    "bz0tMQ==",
    "cj14JnA9MQ==",
    LONG,
]
VALUES = [
    *TEXTS,
    "\ud800",  # half of a pair: JSON can say it, UTF-8 cannot
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    10**40,
    -(10**40),
    1.5,
    1e308,
    float("inf"),
    float("nan"),
    [],
    {},
    ["\x00"],
    ["x"] * 3,
    [None],
    [{}],
    [[[]]],
    {"a\x00": "b\x00"},
    {"a": {"b": ["\x00", "\ud800", 10**400]}},
    {"x": float("inf")},
    {"hook": 1e308, "motion": 1e308},
    {"": 0},
]
BODIES = [
    ("nothing", b"", "application/json"),
    ("half of it", b'{"a": ', "application/json"),
    ("no object", b"[]", "application/json"),
    ("null", b"null", "application/json"),
    ("a string", b'"x"', "application/json"),
    ("a number", b"123", "application/json"),
    ("objects in a list", b'[{"why": "x"}]', "application/json"),
    ("no UTF-8", b'{"why": "\xff\xfe"}', "application/json"),
    ("too deep", b"[" * 100_000, "application/json"),
    ("too deep in a field", b'{"payload": ' + b'{"a":' * 50_000, "application/json"),
    ("many digits", b'{"priority": ' + b"9" * 5_000 + b"}", "application/json"),
    ("three megabytes", b'{"why": "' + b"x" * 3_000_000 + b'"}', "application/json"),
    ("in no charset", b"{}", "application/json; charset=klingon"),
    ("in a charset of bytes", b'{"a": 1}', "application/json; charset=zlib"),
    ("in UTF-16", '{"why": "x"}'.encode("utf-16"), "application/json; charset=utf-16"),
    ("as text", b"x", "text/plain"),
    ("as XML", b"<a/>", "application/xml"),
    ("as a form", b"why=x", "application/x-www-form-urlencoded"),
    ("as a form without boundary", b"why=x", "multipart/form-data"),
    ("as a broken form", b"--b\r\n\r\n", "multipart/form-data; boundary=b"),
    ("as nothing known", b"x", "x"),
    ("as an empty kind", b"x", ""),
]


@pytest.fixture
def rows(db, settings):
    """Something real in each room, and a simulator that nobody reaches."""
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    return something_in_each_room()


def something_in_each_room():
    """A row of each kind that has an address of its own."""
    job = enqueue("cut_analysis", {"video_asset_id": str(make_video().pk)})
    subscriber = WebhookSubscriber.objects.create(
        name="A hook", url="https://hooks.label.example/", event_types=["*"]
    )
    return {
        "video": make_video(),
        "upload": start_upload(size_bytes=5),
        "clip": make_clip(),
        "variant": make_variant(),
        "account": make_account(),
        "choice": OAuthState.objects.create(
            state_hash="s",
            session_hash="of nobody here",
            platform="instagram",
            mode="simulator",
            login="facebook",
            redirect_uri="http://x/",
            verifier_sealed="x",
            tokens_sealed="x",
            expires_at=timezone.now() + timedelta(minutes=10),
        ),
        "publication": make_publication(),
        "step": PublishStep.objects.create(
            publication=make_publication(), kind="thumbnail", at_ms=5, status="failed"
        ),
        "reconcile_run": ReconcileRun.objects.create(door="api"),
        "finding": PostFinding.objects.create(
            kind="double", social_account=make_account(), external_post_id="p1", why="Alike."
        ),
        "campaign": make_campaign(),
        "rule": propose_rule("tiktok", weights={"hook": 1.0}),
        "job": job,
        "alert": raise_alert(title="By hand"),
        "captions": make_captions(),
        "watermark": make_graphic(Watermark),
        "card": make_graphic(Card),
        "login": note_browser_login(make_user("dora"), address="", user_agent=""),
        "key": create_api_key(name="hers", user=make_user("emma"), scopes=["read"])[0],
        "subscriber": subscriber,
        "outgoing": OutgoingDelivery.objects.create(
            subscriber=subscriber, event_type="clip_published", body="{}"
        ),
        "event": LedgerEvent.objects.first(),
        "run": ReasoningRun.objects.create(
            job_id=job.pk, trigger=ReasoningRun.Trigger.ASKED, started_at=datetime.now(UTC)
        ),
    }


_ROOMS = {
    "/auth/sessions/": "login",
    "/auth/keys/": "key",
    "/ledger/events/": "event",
    "/ledger/videos/": "video",
    "/ledger/entities/": "clip",
    "/videos/": "video",
    "/uploads/": "upload",
    "/upload/tus/": "upload",
    "/clips/": "clip",
    "/variants/": "variant",
    "/publications/": "publication",
    "/publishing/accounts/": "account",
    "/publishing/choices/": "choice",
    "/publishing/steps/": "step",
    "/publishing/reconcile/runs/": "reconcile_run",
    "/publishing/findings/": "finding",
    "/campaigns/": "campaign",
    "/rules/": "rule",
    "/jobs/": "job",
    "/alerts/": "alert",
    "/captions/": "captions",
    "/watermarks/": "watermark",
    "/cards/": "card",
    "/ai/global/history/": "run",
    "/webhooks/subscribers/": "subscriber",
    "/webhooks/deliveries/": "outgoing",
}


def addresses(path, rows):
    """The operation's path with real things in it, and then with what is none."""
    path = path.replace("{number}", "1").replace("{entity_type}", "clip")
    if "{" not in path:
        return [path]
    if "{platform}" in path:
        fill, real = "{platform}", list(Platform.values)
    elif "{name}" in path:
        fill, real = "{name}", ["vertical_1080x1920"]
    else:
        fill = "{id}"
        real = [str(rows[next(row for start, row in _ROOMS.items() if path.startswith(start))].pk)]
    strange = [UNKNOWN_ID, *(TEXTS if "{platform}" in path else NO_IDS)]
    return [path.replace(fill, quote(value, safe="")) for value in [*real, *strange] if value]


def good_body(operation, rows):
    """What the schema asks for, filled in as well as we can; None where it takes no JSON."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    examples = content["application/json"].get("examples", {}).values()
    body = copy.deepcopy(next(iter(examples), {}).get("value", {}))
    for name in body:
        for room in ("clip", "campaign", "publication", "rule"):
            if name == f"{room}_id":
                body[name] = str(rows[room].pk)
    for name, row in (
        ("clip_variant_id", "variant"),
        ("social_account_id", "account"),
        ("video_id", "video"),
    ):
        if name in body:
            body[name] = str(rows[row].pk)
    return body


def fields_of(operation):
    """The names of what its JSON body can have."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))


def requests_to(path, method, operation, rows):
    """(what is strange about it, address, body, content type) of many requests."""
    first, *strange = addresses(path, rows)
    body = good_body(operation, rows)
    encoded = json.dumps(body or {}).encode()
    for address in strange:
        yield "id", address, encoded, "application/json"
    names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    for name in names:
        for value in TEXTS:
            yield name, f"{first}?{urlencode({name: value})}", encoded, "application/json"
        yield name, f"{first}?{name}=%ff%fe", encoded, "application/json"
        yield name, f"{first}?{name}=1&{name}=2", encoded, "application/json"
    if method == "get":
        return
    for words, content, content_type in BODIES:
        yield words, first, content, content_type
    if body is not None:
        for name in fields_of(operation):
            for value in VALUES:
                broken = json.dumps(body | {name: value}).encode()
                yield f"{name}={value!r:.40}", first, broken, "application/json"
        yield "as meant", first, encoded, "application/json"


def complaint(operation, answer):
    """What is wrong with the answer; "" when nothing is."""
    status = str(answer.status_code)
    if status not in operation["responses"]:
        return f"answers {status}, which the schema does not name: {answer.content[:200]!r}"
    content = operation["responses"][status].get("content", {})
    if answer.status_code >= 400 and "json" not in answer.get("Content-Type", ""):
        return f"answers {status} as {answer.get('Content-Type')}"
    if answer.status_code >= 500 and status != "503":
        return f"breaks with {status}"
    if "application/json" not in content or not answer.content:
        return ""
    schema = content["application/json"]["schema"] | {"components": SCHEMA["components"]}
    try:
        body = json.loads(answer.content)
        jsonschema.validate(body, schema, cls=jsonschema.Draft202012Validator)
    except (ValueError, jsonschema.ValidationError) as error:
        return f"answers {status} in another shape than promised: {str(error)[:300]}"
    if answer.status_code >= 400 and set(body) != {"code", "message", "details", "request_id"}:
        return "" if operation["operationId"].startswith("debug_health") else f"errs as {body}"
    return ""


@pytest.fixture
def ada(db):
    """The owner's browser: logged in, with CSRF checks, and shown a 500 instead of the exception."""
    token = get_random_string(32)
    client = Client(
        raise_request_exception=False, enforce_csrf_checks=True, headers={"X-CSRFToken": token}
    )
    client.cookies["csrftoken"] = token
    client.force_login(make_user("ada"))
    return client


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_bad_input_is_refused_in_words(path, method, operation, rows, ada):
    complaints = {}
    for words, address, body, content_type in requests_to(path, method, operation, rows):
        answer = ada.generic(method.upper(), address, body, content_type=content_type)
        if wrong := complaint(operation, answer):
            complaints.setdefault(wrong, f"{words}: {address[:200]} {body[:100]!r}")
    assert complaints == {}
    known, address = SCHEMA["paths"][path], addresses(path, rows)[0]
    for other in ("PUT", "PATCH", "DELETE", "POST", "GET", "TRACE", "BREW"):
        if other.lower() not in known:
            answer = ada.generic(other, address, b"{}", content_type="application/json")
            assert answer.status_code == 405, other
            assert set(answer.json()) == {"code", "message", "details", "request_id"}
    assert ada.options(address).status_code == 200
    if "get" in known:
        assert ada.head(address).status_code != 405


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_only_who_may_gets_in(path, method, operation, rows):
    """Nobody without a name; who may only look changes nothing, nor does a key without the scope."""
    name, address = operation["operationId"], addresses(path, rows)[0]
    if name in PUBLIC:
        assert not any(operation.get("security", []))
        return
    body = json.dumps(good_body(operation, rows) or {}).encode()

    def answer(client, **headers):
        answered = client.generic(
            method.upper(), address, body, content_type="application/json", headers=headers
        )
        if answered.status_code >= 400:
            assert complaint(operation, answered) == ""
        return answered.status_code

    cleo, eyes = Client(), make_user("ada")
    cleo.force_login(make_user("cleo"))
    _, key = create_api_key(user=eyes, name="eyes", scopes=[ApiKey.Scope.READ])
    assert answer(Client()) == 401
    if method == "get":
        assert (answer(cleo) == 403) == (name in KEYS | {"accounts_callback"})
        assert (answer(Client(), **{"X-Api-Key": key}) == 403) == (name in PERSONAL | KEYS)
    else:
        assert (answer(cleo) == 403) == (name not in HARMLESS | PERSONAL)
        assert answer(Client(), **{"X-Api-Key": key}) == 403


def test_every_operation_has_a_name_and_a_room(db):
    for each in OPERATIONS:
        path, _, operation = each.values
        assert operation.get("tags"), path
        placed = {name["name"] for name in operation.get("parameters", []) if name["in"] == "path"}
        assert placed == set(re.findall(r"{(\w+)}", path)), path
