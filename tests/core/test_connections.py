"""Connections to PostgreSQL behind a web server that gives each request a thread."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection

from stakazo.identity.tokens import SignedAccessToken
from tests.factories import make_user
from tests.live import live_app


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server to fill up")
def test_no_request_leaves_its_connection_behind(monkeypatch):
    token = {"Authorization": f"Bearer {SignedAccessToken.for_user(make_user())}"}
    with live_app(monkeypatch) as url, httpx.Client(base_url=url, headers=token, timeout=60) as it:
        with ThreadPoolExecutor(8) as many:
            assert {each.status_code for each in many.map(it.get, ["/videos"] * 60)} == {200}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            assert cursor.fetchone()[0] < 12
