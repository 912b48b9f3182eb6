"""manage.py reseal: every secret with the newest key, in as many goes as it takes."""

import json

import pytest
from django.core.management import call_command
from django.db.models import TextField
from django.utils import timezone

from publishing import vault
from publishing.errors import SealBroken
from publishing.models import OAuthState, SocialAccount, WebsubLease
from publishing.outgoing.models import WebhookSubscriber
from publishing.platforms.base import Tokens
from publishing.services import leases, subscribers
from publishing.services.resealing import SEALED, reseal
from tests.factories import make_account

pytestmark = pytest.mark.django_db

ROWS = 5


@pytest.fixture
def sealed_with_old(settings):
    """Something in every sealed column, sealed with a key that another one has replaced."""
    settings.TOKEN_KEYS = ["old"]
    account = make_account("tiktok")
    vault.keep_tokens(account, Tokens("access-1", "refresh-1"))
    vault.keep_renewed(account, Tokens("access-2", "refresh-2"), used="refresh-1")
    lease = WebsubLease.objects.create(social_account=make_account("youtube"), topic="t")
    WebsubLease.objects.filter(pk=lease.pk).update(
        secret_sealed=vault.seal("hub", bound_to=leases.secret_place(lease))
    )
    subscriber = WebhookSubscriber.objects.create(name="x", url="https://a.example/")
    WebhookSubscriber.objects.filter(pk=subscriber.pk).update(
        secret_sealed=vault.seal("whsec", bound_to=subscribers.secret_place(subscriber)),
        former_secret_sealed=vault.seal("older", bound_to=subscribers.former_place(subscriber)),
    )
    OAuthState.objects.create(
        state_hash="s", session_hash="s", platform="tiktok", mode="simulator",
        redirect_uri="http://x/", expires_at=timezone.now(),
        verifier_sealed=vault.seal("verifier", bound_to="oauth_state:s"),
    )  # fmt: skip
    settings.TOKEN_KEYS = ["new", "old"]
    return account


def everything():
    return {
        (sealed.model.__name__, column): [
            vault.unseal(getattr(row, column), bound_to=place(row))
            for row in sealed.model.objects.order_by("pk")
        ]
        for sealed in SEALED
        for column, place in sealed.places.items()
    }


def run(*args, capsys):
    call_command("reseal", "--json", *args)
    return json.loads(capsys.readouterr().out)


def test_every_sealed_column_of_the_room_is_known():
    known = {(each.model, column) for each in SEALED for column in each.places}
    there = {
        (model, field.name)
        for model in SocialAccount._meta.apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, TextField) and field.name.endswith("_sealed")
    }
    assert there == known


def test_afterwards_the_old_key_can_go(sealed_with_old, settings, capsys):
    before = everything()
    answer = run(capsys=capsys)
    assert (answer["resealed"], answer["failed"]) == (4, 0)
    assert answer["rows"] == {
        "social_accounts": 1, "oauth_states": 1, "websub_leases": 1, "webhook_subscribers": 1,
    }  # fmt: skip
    settings.TOKEN_KEYS = ["new"]
    assert everything() == before
    assert run(capsys=capsys)["resealed"] == 0


def test_a_dry_run_opens_everything_and_changes_nothing(sealed_with_old, settings, capsys):
    assert run("--dry-run", capsys=capsys)["resealed"] == 4
    settings.TOKEN_KEYS = ["new"]
    with pytest.raises(SealBroken):
        everything()


def test_what_no_key_opens_is_named_and_the_rest_is_done(sealed_with_old, settings, capsys):
    settings.TOKEN_KEYS = ["lost"]
    lost = make_account("tiktok")
    vault.keep_tokens(lost, Tokens("access-3", "refresh-3"))
    settings.TOKEN_KEYS = ["new", "old"]
    with pytest.raises(SystemExit, match="1"):
        run(capsys=capsys)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["resealed"], answer["failed"]) == (4, 1)
    assert answer["broken"] == [f"social_accounts {lost.pk}"]
    with pytest.raises(SystemExit):
        call_command("reseal")
    assert f"Cannot be opened: social_accounts {lost.pk}" in capsys.readouterr().out


def test_it_goes_on_where_it_was_stopped(settings):
    settings.TOKEN_KEYS = ["old"]
    for number in range(ROWS):
        vault.keep_tokens(make_account("tiktok"), Tokens(f"access-{number}", "r"))
    settings.TOKEN_KEYS = ["new", "old"]

    def until_the_third(rows, **_):
        for number, row in enumerate(rows):
            if number == 2:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        reseal(watch=until_the_third)
    assert reseal()["resealed"] == ROWS - 2


def test_a_token_renewed_meanwhile_is_left_alone(settings):
    settings.TOKEN_KEYS = ["old"]
    account = make_account("tiktok")
    vault.keep_tokens(account, Tokens("access-1", "r"))
    settings.TOKEN_KEYS = ["new", "old"]

    def renewed_first(rows, **_):
        for row in rows:
            vault.keep_tokens(SocialAccount.objects.get(pk=row.pk), Tokens("access-2", "r"))
            yield row

    answer = reseal(watch=renewed_first)
    assert (answer["resealed"], answer["skipped"]) == (0, 1)
    account.refresh_from_db()
    assert vault.read_tokens(account).access_token == "access-2"
