"""Tokens at rest: sealed, bound to their place, rotated without loss."""

import pytest

from ledger.models import LedgerEvent
from publishing import vault
from publishing.errors import SealBroken
from publishing.models import SocialAccount
from publishing.platforms.base import Tokens
from publishing.services.resealing import reseal
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def test_tokens_come_back_as_they_were_kept():
    account = make_account()
    vault.keep_tokens(account, Tokens("access-1", "refresh-1", scopes=("post",)))
    tokens = vault.read_tokens(SocialAccount.objects.get(pk=account.pk))
    assert (tokens.access_token, tokens.refresh_token, tokens.scopes) == (
        "access-1",
        "refresh-1",
        ("post",),
    )


def test_an_empty_refresh_token_never_overwrites():
    account = make_account()
    vault.keep_tokens(account, Tokens("access-1", "refresh-1"))
    vault.keep_tokens(account, Tokens("access-2", ""))
    tokens = vault.read_tokens(account)
    assert (tokens.access_token, tokens.refresh_token) == ("access-2", "refresh-1")


def test_a_token_moved_to_another_row_does_not_open():
    mine, theirs = make_account(), make_account()
    vault.keep_tokens(mine, Tokens("access-1", "refresh-1"))
    SocialAccount.objects.filter(pk=theirs.pk).update(access_token_sealed=mine.access_token_sealed)
    theirs.refresh_from_db()
    with pytest.raises(SealBroken):
        vault.read_tokens(theirs)


def test_a_refresh_token_does_not_open_as_an_access_token():
    account = make_account()
    vault.keep_tokens(account, Tokens("access-1", "refresh-1"))
    account.access_token_sealed = account.refresh_token_sealed
    with pytest.raises(SealBroken):
        vault.read_tokens(account)


@pytest.mark.parametrize("broken", ["v1.00000000.AAAA", "nonsense", "v1.x", "v2.a.b"])
def test_what_is_no_sealed_token_does_not_open(broken):
    account = make_account()
    account.access_token_sealed = broken
    with pytest.raises(SealBroken):
        vault.read_tokens(account)


def test_the_same_token_is_never_sealed_to_the_same_text():
    assert vault.seal("x", bound_to="a") != vault.seal("x", bound_to="a")


def test_keys_rotate_without_loss(settings):
    settings.TOKEN_KEYS = ["old"]
    account = make_account()
    vault.keep_tokens(account, Tokens("access-1", "refresh-1"))
    settings.TOKEN_KEYS = ["new", "old"]
    assert vault.read_tokens(account).access_token == "access-1"
    assert reseal()["resealed"] == 1
    assert reseal()["resealed"] == 0
    settings.TOKEN_KEYS = ["new"]
    account.refresh_from_db()
    assert vault.read_tokens(account).refresh_token == "refresh-1"


def test_tokens_appear_in_no_column_repr_or_event():
    account = make_account()
    vault.keep_tokens(account, Tokens("very-secret-access", "very-secret-refresh"))
    everything = repr(account.__dict__) + repr(list(LedgerEvent.objects.values()))
    assert "very-secret" not in everything
