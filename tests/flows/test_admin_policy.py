"""The admin under its Content-Security-Policy: no page asks a browser for what the policy refuses."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_account, make_clip, make_publication, make_user
from tests.live import live_app
from tests.telemetry.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]
PAGES = [
    "/admin/",
    "/admin/media_assets/clip/",
    "/admin/publishing/publication/",
    "/admin/identity/apikey/add/",
    "/admin/jobs/job/",
    "/admin/second-factor/",
]


def test_no_page_of_the_admin_asks_for_what_its_policy_refuses(chromium, monkeypatch):
    ada = make_user("ada")
    make_publication(account=make_account())
    make_clip()
    client = Client()
    client.force_login(ada)
    refused = []
    with live_app(monkeypatch) as address:
        context = chromium.new_context()
        page = context.new_page()
        page.on("console", lambda said: _note(refused, page, said))
        page.goto(f"{address}/admin/login/")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}]
        )
        for path in PAGES:
            answer = page.goto(f"{address}{path}", wait_until="load")
            assert answer.status == 200, path
            assert "object-src 'none'" in answer.headers["content-security-policy"]
        context.close()
    assert refused == []


def _note(refused, page, said):
    if "Content Security Policy" in said.text:
        refused.append((page.url, said.text))
