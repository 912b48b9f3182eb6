"""Test keys and live keys: each reaches accounts of its own kind only, by whichever door."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from jobs.services import enqueue
from publishing.models import Publication, PublishLog, SocialAccount
from publishing.services import stopping
from publishing.services.accounts import client_of
from publishing.services.reconcile import reconcile
from stakazo.identity import services
from stakazo.identity.errors import OutOfReach
from stakazo.identity.models import ApiKey
from stakazo.identity.reach import reach_as, reaching_all
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db
SIMULATOR, LIVE = SocialAccount.Mode.SIMULATOR, SocialAccount.Mode.LIVE
OWN = {"test": SIMULATOR, "live": LIVE}


@pytest.fixture(params=["test", "live"])
def key(request):
    """(client, an account in its reach, one out of it)."""
    made, plain = services.create_api_key(
        name="x", user=make_user("ben"), scopes=["write"], mode=request.param
    )
    own = OWN[request.param]
    other = LIVE if own == SIMULATOR else SIMULATOR
    client = APIClient(headers={"X-Api-Key": plain})
    client.key = made
    return client, make_account(mode=own), make_account(mode=other)


def test_the_text_of_a_key_shows_its_mode_and_another_mode_in_it_opens_nothing():
    for mode, other in (("test", "live"), ("live", "test")):
        made, plain = services.create_api_key(
            name="x", user=make_user(mode), scopes=["read"], mode=mode
        )
        assert plain.startswith(made.start)
        assert made.start == f"stk_{mode}_{made.prefix}"
        assert services.open_with_key(plain) == made
        assert services.open_with_key(plain.replace(mode, other, 1)) is None


def test_a_key_of_before_goes_on_without_a_mode_in_its_text():
    made, _ = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"])
    plain = f"stk_{made.prefix}_as-keys-looked-before"
    ApiKey.objects.filter(pk=made.pk).update(digest=services.digest(plain))
    assert services.open_with_key(plain) == made


def test_a_follower_has_the_mode_of_the_key_it_follows():
    made, _ = services.create_api_key(
        name="x", user=make_user("ben"), scopes=["read"], mode="live", calls_per_minute=7
    )
    follower, plain = services.rotate_api_key(made)
    assert (follower.mode, follower.calls_per_minute) == ("live", 7)
    assert plain.startswith("stk_live_")


def test_accounts_out_of_reach_are_not_there(key):
    client, own, other = key
    listed = client.get("/publishing/accounts").json()["results"]
    assert [each["id"] for each in listed] == [str(own.pk)]
    for path in ("", "/plan", "/slots"):
        assert client.get(f"/publishing/accounts/{other.pk}{path}").status_code == 404
        assert client.get(f"/publishing/accounts/{own.pk}{path}").status_code == 200
    for verb in ("disconnect", "release"):
        answer = client.post(f"/publishing/accounts/{other.pk}/{verb}", {}, "json")
        assert answer.status_code == 404
    other.refresh_from_db()
    assert other.status == SocialAccount.Status.CONNECTED


def test_publications_out_of_reach_are_not_there(key):
    client, own, other = key
    mine, theirs = make_publication(account=own), make_publication(account=other)
    listed = client.get("/publications").json()["results"]
    assert [each["id"] for each in listed] == [str(mine.pk)]
    assert client.get(f"/publications/{mine.pk}").status_code == 200
    assert client.get(f"/publications/{theirs.pk}").status_code == 404
    for verb in ("cancel", "retry", "schedule", "withdraw_approval"):
        answer = client.post(f"/publications/{theirs.pk}/{verb}", {}, "json")
        assert answer.status_code == 404, verb
    assert client.patch(f"/publications/{theirs.pk}", {"title": "x"}, "json").status_code == 404
    theirs.refresh_from_db()
    assert (theirs.status, theirs.title) == ("scheduled", "Harbour lights")


def test_nothing_is_posted_on_an_account_out_of_reach(key):
    client, _, other = key
    body = {
        "clip_variant_id": str(make_variant().pk),
        "social_account_id": str(other.pk),
        "title": "Harbour",
        "caption": "Out now",
    }
    answer = client.post("/publications", body, "json")
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.out-of-reach")
    assert Publication.objects.count() == 0


def test_a_key_connects_no_account_of_the_other_mode():
    _, plain = services.create_api_key(
        name="x", user=make_user("ben"), scopes=["write"], mode="live"
    )
    answer = APIClient(headers={"X-Api-Key": plain}).post(
        "/publishing/accounts/instagram/connect", {}, "json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.out-of-reach")


def test_services_refuse_what_a_door_might_forget(key):
    client, _, other = key
    theirs = make_publication(account=other)
    with reaching_all():
        reach_as(client.key)
        for work in (
            lambda: stopping.cancel_publication(theirs),
            lambda: client_of(other).__enter__(),
        ):
            with pytest.raises(OutOfReach):
                work()
    assert stopping.cancel_publication(theirs).status == "cancelled"


def test_reconciling_asks_only_about_what_is_in_reach(key, monkeypatch):
    client, own, other = key
    asked = []
    monkeypatch.setattr(
        "publishing.services.reconcile._reconcile_one",
        lambda log, **more: asked.append(log.publication.social_account),
    )
    for account in (own, other):
        log = PublishLog.objects.create(
            publication=make_publication(account=account, status="publishing"), status="processing"
        )
        PublishLog.objects.filter(pk=log.pk).update(updated_at="2026-01-01T00:00:00Z")
    assert client.post("/publishing/reconcile").status_code == 200
    assert asked == [own]
    asked.clear()
    reconcile()
    assert {account.mode for account in asked} == {SIMULATOR, LIVE}


def test_keys_do_not_act_on_jobs_that_publish(key):
    client, _, other = key
    publication = make_publication(account=other)
    payload = {"publication_id": str(publication.pk)}
    made = client.post("/jobs", {"job_type": "publish_clip", "payload": payload}, "json")
    assert (made.status_code, made.json()["code"]) == (403, "identity.out-of-reach")
    job = enqueue("publish_clip", payload)
    for verb in ("process", "retry", "cancel"):
        assert client.post(f"/jobs/{job.pk}/{verb}", {}, "json").status_code == 404, verb
    many = {"action": "cancel", "ids": [str(job.pk)], "why": "x"}
    assert client.post("/jobs/bulk", many, "json").status_code == 409
    assert client.post("/jobs/queues/publish/pause", {}, "json").status_code == 403
    assert client.post("/jobs/schedules/publishing.reconcile/run", {}, "json").status_code == 403
    assert client.get(f"/jobs/{job.pk}").status_code == 200
    job.refresh_from_db()
    assert job.status == "pending"


def test_people_reach_everything():
    window = APIClient()
    window.force_login(make_user("ben"))
    for mode in (SIMULATOR, LIVE):
        make_account(mode=mode)
    assert len(window.get("/publishing/accounts").json()["results"]) == 2


def test_what_a_key_reaches_does_not_outlive_its_request(key):
    client, _, other = key
    client.get("/publishing/accounts")
    assert stopping.cancel_publication(make_publication(account=other)).status == "cancelled"


# --- Keys by the API ------------------------------------------------------------------------------


@pytest.fixture
def ada():
    client = APIClient()
    client.force_login(make_user("ada"))
    return client


def test_an_administrator_makes_a_key_by_the_api_and_sees_it_once(ada):
    make_user("ben")
    body = {
        "name": "importer",
        "user": "ben",
        "mode": "live",
        "scopes": ["read"],
        "networks": ["192.0.2.0/24"],
        "calls_per_minute": 60,
    }
    made = ada.post("/auth/keys", body, "json")
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    plain = made.json()["key"]
    assert plain.startswith("stk_live_")
    key = services.open_with_key(plain, address="192.0.2.1")
    assert (key.user.username, key.calls_per_minute) == ("ben", 60)
    for path in ("/auth/keys", f"/auth/keys/{key.pk}"):
        shown = ada.get(path)
        assert shown.status_code == 200
        assert plain not in shown.content.decode()
        assert key.start in shown.content.decode()


def test_a_key_is_changed_followed_and_revoked_by_the_api(ada):
    key, plain = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"])
    path = f"/auth/keys/{key.pk}"
    assert ada.patch(path, {"calls_per_minute": 5}, "json").json()["calls_per_minute"] == 5
    follower = ada.post(f"{path}/rotate")
    assert follower.status_code == 201
    assert follower.json()["replaces"] == str(key.pk)
    assert ada.post(f"{path}/rotate").status_code == 409
    assert ada.post(f"{path}/revoke").json()["revoked_at"]
    assert services.open_with_key(plain) is None
    assert services.open_with_key(follower.json()["key"]) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "both"},
        {"scopes": []},
        {"scopes": ["root"]},
        {"networks": ["home"]},
        {"calls_per_minute": -1},
        {"user": "nobody"},
    ],
)
def test_a_key_that_cannot_be_is_refused(ada, change):
    answer = ada.post("/auth/keys", {"name": "x", "scopes": ["read"]} | change, "json")
    assert (answer.status_code, answer.json()["code"]) == (400, "stakazo.invalid-input")
    assert ApiKey.objects.count() == 0


def test_a_key_makes_no_keys(ada):
    _, plain = services.create_api_key(
        name="x", user=make_user("root", is_superuser=True), scopes=["write"]
    )
    client = APIClient(headers={"X-Api-Key": plain})
    assert client.post("/auth/keys", {"name": "y", "scopes": ["read"]}, "json").status_code == 403
    assert client.get("/auth/keys").status_code == 403


def test_the_admin_shows_what_a_key_reaches():
    window = Client()
    window.force_login(make_user("ada"))
    key, _ = services.create_api_key(name="x", user=make_user("ben"), scopes=["read"], mode="live")
    page = window.get("/admin/identity/apikey/").content.decode()
    assert key.start in page
    assert "Live: accounts of the real platforms" in page
