"""What every page of the house shares."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db

ICON = "/static/stakazo/icon.svg"


def test_every_kind_of_page_shows_the_icon(client):
    client.force_login(make_user("ada"))
    for path in ["/admin/", "/telemetry", "/docs"]:
        assert ICON in client.get(path).text, path
    assert ICON in client.get("/jobs", HTTP_ACCEPT="text/html").text


def test_a_browser_that_asks_for_favicon_ico_is_sent_to_the_icon(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, ICON)
    assert client.get(ICON)["Content-Type"] == "image/svg+xml"


def test_the_admins_first_page_is_called_home(client):
    client.force_login(make_user("ada"))
    title = client.get("/admin/").text.partition("<title>")[2].partition("</title>")[0]
    assert title.strip() == "Home | Stakazo"
