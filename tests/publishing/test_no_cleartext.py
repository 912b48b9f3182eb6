"""No token stands in clear anywhere: not in a dump of the database, in a log, in an event or on a page."""

import io
import json
import logging

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from publishing import vault
from publishing.errors import NeedsReconnect, PlatformError
from publishing.models import SocialAccount
from publishing.services.accounts import begin_connect, check_account, finish_connect
from publishing.services.endings import renew_idle_tokens
from publishing.services.publications import create_publication
from publishing.services.renewing import refresh_account
from publishing.services.resealing import reseal
from publishing.services.webhooks import receive
from tests.factories import make_user
from tests.publishing.road import PLATFORMS, drive, real_variant
from tests.publishing.test_accounts import way_back

pytestmark = pytest.mark.django_db(transaction=True)


def rows_of_every_table():
    """Table → all its rows as the database gives them, whoever made the table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield table, repr(cursor.fetchall())


@pytest.fixture
def canaries(simulator, settings, small_video, clock, caplog):
    """The tokens of accounts that were connected, renewed, refused, posted with and resealed."""
    caplog.set_level(logging.DEBUG)
    tokens = set()

    def known(account):
        account.refresh_from_db()
        found = vault.read_tokens(account)
        tokens.update({found.access_token, found.refresh_token})
        tokens.add(vault.former_refresh_token(account))

    for platform in PLATFORMS:
        consent = begin_connect(platform, session_secret="session-canary-0123456789")
        state, code = way_back(consent)
        account = finish_connect(
            platform, state=state, code=code, session_secret="session-canary-0123456789"
        )
        tokens.update({state, code, "session-canary-0123456789"})
        known(account)
        simulator.advance(86_401)
        refresh_account(account)
        known(account)
        check_account(account)
        publication = create_publication(
            real_variant(small_video), account, title="Harbour", caption="Out now"
        )
        simulator.inject(f"{platform}.*", "expired_token", skip=2)
        drive(publication, clock, rounds=4)
        known(account)
        simulator.reset_faults()
        simulator.inject(f"{platform}.token", "error_before", status=503, count=9)
        with pytest.raises(PlatformError):
            SocialAccount.objects.filter(pk=account.pk).update(token_expires_at=timezone.now())
            refresh_account(account)
        simulator.reset_faults()
    simulator.reset()  # every token is unknown there now
    for account in SocialAccount.objects.filter(status="connected"):
        SocialAccount.objects.filter(pk=account.pk).update(
            refresh_expires_at=timezone.now(), token_expires_at=timezone.now()
        )
        with pytest.raises((NeedsReconnect, PlatformError)):
            refresh_account(account)
    renew_idle_tokens()
    settings.TOKEN_KEYS = ["newer", *settings.TOKEN_KEYS]
    reseal()
    body = json.dumps({"access_token": sorted(tokens)[-1]})
    with pytest.raises(Exception, match="signature"):
        receive("tiktok", body.encode(), {"TikTok-Signature": "t=1,s=00"})
    tokens.discard("")
    assert len(tokens) >= 15
    assert min(map(len, tokens)) >= 20
    return tokens - {sorted(tokens)[-1]}  # what others send us in clear is theirs


def hits(tokens, text):
    return [token[:12] for token in tokens if token in text]


def test_a_token_stands_nowhere_in_clear(canaries, caplog, capsys):
    found = {}
    for table, rows in rows_of_every_table():
        found[table] = hits(canaries, rows)
    assert len(found) > 40
    dump = io.StringIO()
    call_command("dumpdata", "--natural-foreign", stdout=dump)
    found["dumpdata"] = hits(canaries, dump.getvalue())
    found["logs"] = hits(canaries, caplog.text + "".join(repr(r.__dict__) for r in caplog.records))
    browser, api = Client(), APIClient()
    browser.force_login(make_user("ada"))
    api.force_login(make_user("ben"))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        pages += [
            reverse(f"{name}_change", args=[row.pk]) for row in model._default_manager.all()[:10]
        ]
        for page in pages:
            found[page] = hits(canaries, browser.get(page).content.decode())
    for path in (
        "/publishing/accounts",
        "/publications",
        "/jobs",
        "/debug/ledger/recent?limit=500",
    ):
        answer = api.get(path)
        assert answer.status_code == 200, path
        found[path] = hits(canaries, answer.content.decode())
    for command in ("account_limits", "platform_facts"):
        call_command(command, "--json")
    found["commands"] = hits(canaries, "".join(capsys.readouterr()))
    assert {place: tokens for place, tokens in found.items() if tokens} == {}


def test_the_scan_finds_one_that_is_there(canaries):
    one = sorted(canaries)[0]
    account = SocialAccount.objects.first()
    SocialAccount.objects.filter(pk=account.pk).update(profile={"oops": one})
    found = {table: hits(canaries, rows) for table, rows in rows_of_every_table()}
    assert found["social_accounts"] == [one[:12]]
