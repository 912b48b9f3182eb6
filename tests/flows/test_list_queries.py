"""No list asks the database more for fifty rows than for one: neither the API's nor the admin's."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.services.rules import propose_rule
from jobs.models import Job
from media_assets.models import Clip, VideoAsset
from stakazo.identity.services import create_api_key
from stakazo.management.commands.contract import contract
from tests.benchmarks.api import HOTTEST, MORE_ON_POSTGRESQL
from tests.factories import make_captions, make_user, make_video
from tests.flows.test_admin_pages import populate

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

ROWS = 50
# Lists that are no pages of ours.
OTHERS = [
    "/auth/sessions",
    "/debug/ledger/recent?limit=200",
    "/debug/ledger/seals?limit=200",
    "/jobs/stats",
    "/ledger/events?limit=200",
    "/telemetry/snapshot",
]
# What the code declares, however many rows there are: one row or some, and the same for all.
FIXED = {"/formats"}


def lists_of_the_api():
    """Every operation that answers a page, and needs no id."""
    for path, methods in contract()[1]["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {})
        if "Paginated" in str(answer.get("content", {})) and "{" not in path:
            yield f"{path}?limit=200"


def lists_of_the_admin():
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def fill(number, video):
    """One more row in every list."""
    populate(number)
    make_captions(video)
    propose_rule("tiktok", weights={"hook": 1.0})


def queries_of(client, path):
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, path
    # Once in a while a request writes down that the login was seen: by the clock, not by the rows.
    asked = [each["sql"][:300] for each in seen if "auth_browser_logins" not in each["sql"]]
    return asked, answer


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def test_lists_ask_as_much_for_fifty_rows_as_for_one(ada):
    video = make_video()
    paths = [*lists_of_the_api(), *OTHERS, f"/videos/{video.pk}/captions", *lists_of_the_admin()]
    assert len(paths) > 60
    fill(1, video)
    for path in paths:
        ada.get(path)  # content types and settings of the site are remembered from here on
    one = {path: queries_of(ada, path)[0] for path in paths}
    for number in range(2, ROWS + 1):
        fill(number, video)
    more, few = {}, {}
    for path in paths:
        many, answer = queries_of(ada, path)
        if len(many) > len(one[path]):
            more[path] = [f"{len(one[path])} → {len(many)}", *many[-3:]]
        if path.startswith("/") and "limit=200" in path and path.partition("?")[0] not in FIXED:
            rows = answer.json()
            shown = rows.get("results", rows.get("events"))
            if len(shown) < ROWS:
                few[path] = len(shown)
    assert few == {}, "too few rows to see anything"
    assert more == {}


@pytest.mark.parametrize("path", HOTTEST)
def test_a_hot_read_asks_just_so_much(client, path):
    populate(1)
    ids = {"video": VideoAsset, "clip": Clip, "job": Job}
    _, key = create_api_key(user=make_user("ada"), name="eyes", scopes=["read"])
    address = path.format(**{name: model.objects.first().pk for name, model in ids.items()})
    client.get(address, headers={"X-Api-Key": key})
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, headers={"X-Api-Key": key}).status_code == 200
    more = MORE_ON_POSTGRESQL.get(path, 0) if connection.vendor == "postgresql" else 0
    assert len(seen) == HOTTEST[path] + more, "\n".join(query["sql"][:200] for query in seen)
