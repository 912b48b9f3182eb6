"""Alerts by the API and in the admin."""

import uuid

import pytest
from rest_framework.test import APIClient

from stakazo.alerts.models import Alert
from stakazo.alerts.services import raise_alert
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def api(username):
    client = APIClient()
    client.force_authenticate(make_user(username))
    return client


def test_an_alert_is_opened_read_taken_on_and_resolved():
    ben = api("ben")
    made = ben.post("/alerts", {"title": "No sound", "severity": "ERROR"}, "json")
    assert made.status_code == 201
    path = f"/alerts/{made.json()['id']}"
    assert ben.post(f"{path}/read").json()["read_at"] is not None
    assert (
        ben.post(f"{path}/acknowledge", {"why": "mine"}, "json").json()["status"] == "acknowledged"
    )
    assert ben.post(f"{path}/resolve", {}, "json").json()["status"] == "resolved"
    again = ben.post(f"{path}/resolve", {}, "json")
    assert (again.status_code, again.json()["code"]) == (409, "ledger.illegal-move")
    assert ben.get(path).json()["title"] == "No sound"


def test_the_list_is_filtered_and_paged():
    ben = api("ben")
    for number in range(3):
        raise_alert(f"A{number}", severity="ERROR" if number else "WARN")
    ben.post(f"/alerts/{Alert.objects.earliest('id').pk}/read")
    titles = lambda query: [a["title"] for a in ben.get(f"/alerts{query}").json()["results"]]  # noqa: E731
    assert titles("") == ["A2", "A1", "A0"]
    assert titles("?severity=ERROR&limit=1") == ["A2"]
    assert titles("?unread=true") == ["A2", "A1"]
    assert titles("?status=resolved") == []
    assert ben.get("/alerts?status=nonsense").status_code == 400


def test_a_viewer_looks_and_does_not_touch():
    alert = raise_alert("Look")
    cleo = api("cleo")
    assert cleo.get("/alerts").status_code == 200
    for path in ("/alerts", f"/alerts/{alert.pk}/read", f"/alerts/{alert.pk}/resolve"):
        assert cleo.post(path, {"title": "x"}, "json").status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "x", "severity": "LOUD"}, {"title": "x" * 201}]
)
def test_a_bad_alert_is_refused(body):
    answer = api("ben").post("/alerts", body, "json")
    assert (answer.status_code, answer.json()["code"]) == (400, "stakazo.invalid-input")
    assert not Alert.objects.exists()


def test_an_unknown_alert_is_not_found():
    answer = api("ben").post(f"/alerts/{uuid.uuid4()}/read")
    assert (answer.status_code, answer.json()["code"]) == (404, "stakazo.not-found")


def test_the_admin_lists_shows_and_acts(client):
    client.force_login(make_user("ada"))
    alert = raise_alert("Look", entity_type="alert", entity_id=str(uuid.uuid4()))
    assert client.get("/admin/alerts/alert/").status_code == 200
    page = client.get(f"/admin/alerts/alert/{alert.pk}/change/").content.decode()
    assert "alert_opened" in page
    for action, status in [("acknowledge", "acknowledged"), ("resolve", "resolved")]:
        client.post("/admin/alerts/alert/", {"action": action, "_selected_action": [str(alert.pk)]})
        alert.refresh_from_db()
        assert alert.status == status
    assert alert.read_at is not None


def test_the_admin_offers_no_action_to_who_may_only_look(client):
    cleo = make_user("cleo", is_staff=True)
    client.force_login(cleo)
    alert = raise_alert("Look")
    client.post("/admin/alerts/alert/", {"action": "resolve", "_selected_action": [str(alert.pk)]})
    alert.refresh_from_db()
    assert alert.status == "open"
