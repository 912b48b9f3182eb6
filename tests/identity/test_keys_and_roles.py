"""API keys, roles, and who the ledger says it was."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import include, path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

import stakazo.urls
from ledger.models import LedgerEvent
from ledger.services import log_event
from stakazo.core.errors import InvalidInput
from stakazo.identity import services
from stakazo.identity.models import ApiKey
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class NotingView(APIView):
    """Writes one event, as any room's endpoint would."""

    required_permission = "media_assets.change_clip"

    def get(self, request):
        log_event("noted")
        return Response({})

    post = get


urlpatterns = [path("note", NotingView.as_view()), path("", include(stakazo.urls))]
handler404 = stakazo.urls.handler404


def make_key(user, *scopes, **more):
    return services.create_api_key(name="importer", user=user, scopes=scopes or ["read"], **more)


def by_key(plain, method="get", url="/note"):
    return getattr(APIClient(), method)(url, headers={"X-Api-Key": plain})


def actors():
    return set(LedgerEvent.objects.filter(event_type="noted").values_list("actor", flat=True))


def test_a_key_acts_as_its_user_and_the_ledger_names_the_key():
    key, plain = make_key(make_user("ben"), "write")
    assert by_key(plain, "post").status_code == 200
    assert actors() == {f"key:{key.prefix}"}
    assert by_key(plain, url="/auth/me").json()["came_by"] == "key"


def test_the_ledger_names_the_user_of_a_token_and_of_a_session():
    ben = make_user("ben")
    access = services.login("ben", "correct horse battery", address="192.0.2.1").access
    APIClient().get("/note", headers={"Authorization": f"Bearer {access}"})
    assert actors() == {f"user:{ben.pk}"}
    browser = APIClient()
    browser.force_login(ben)
    browser.get("/note")
    assert actors() == {f"user:{ben.pk}"}


def test_the_actor_does_not_outlive_its_request():
    _, plain = make_key(make_user("ben"))
    by_key(plain)
    log_event("noted", entity_id="after")
    assert LedgerEvent.objects.get(entity_id="after").actor == "system"


@pytest.mark.parametrize("given", ["road-2026.11_1", "x" * 64])
def test_a_sane_request_id_is_kept_and_is_the_correlation_of_its_events(given):
    _, plain = make_key(make_user("ben"))
    answer = APIClient().get("/note", headers={"X-Api-Key": plain, "X-Request-Id": given})
    assert answer["X-Request-Id"] == given
    assert LedgerEvent.objects.get(event_type="noted").correlation_id == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f g", "<script>alert(1)"])
def test_an_odd_request_id_is_replaced(given):
    answer = APIClient().get("/auth/me", headers={"X-Request-Id": given})
    assert answer["X-Request-Id"] != given
    assert len(answer["X-Request-Id"]) == 36


def test_a_key_that_may_read_does_not_write():
    _, plain = make_key(make_user("ben"), "read")
    assert by_key(plain).status_code == 200
    refused = by_key(plain, "post")
    assert (refused.status_code, refused.json()["code"]) == (403, "stakazo.permission-denied")


def test_a_key_may_not_do_more_than_its_user():
    _, plain = make_key(make_user("cleo"), "write")
    assert by_key(plain, "post").status_code == 403


def test_revoked_expired_wrong_and_odd_keys_open_nothing():
    ben = make_user("ben")
    revoked, plain_revoked = make_key(ben)
    services.revoke_api_key(revoked)
    services.revoke_api_key(revoked)
    _, plain_expired = make_key(ben, expires_at=timezone.now() - timedelta(seconds=1))
    _, plain = make_key(ben)
    for text in [plain_revoked, plain_expired, plain[:-1] + "!", "stk_", "", "_", "x" * 5000]:
        assert by_key(text).status_code == 401, text
    assert LedgerEvent.objects.filter(event_type="api_key_revoked").count() == 1


def test_a_key_of_a_switched_off_user_opens_nothing():
    ben = make_user("ben")
    _, plain = make_key(ben)
    ben.is_active = False
    ben.save()
    assert by_key(plain).status_code == 401


def test_only_the_hash_of_a_key_is_kept_and_its_use_is_noted():
    key, plain = make_key(make_user("ben"))
    assert key.last_used_at is None
    by_key(plain)
    key.refresh_from_db()
    assert key.last_used_at is not None
    stored = str(ApiKey.objects.values().get())
    secret = plain.removeprefix(f"stk_test_{key.prefix}_")
    assert len(secret) > 40
    assert secret not in stored


def test_unknown_scopes_are_refused():
    with pytest.raises(InvalidInput):
        make_key(make_user("ben"), "root")


def test_an_operator_makes_a_key_in_the_admin_and_sees_it_once(client):
    ada = make_user("ada")
    client.force_login(ada)
    page = client.post(
        "/admin/identity/apikey/add/",
        {"name": "importer", "user": ada.pk, "mode": "test", "scopes": ["read", "write"]},
    )
    key = ApiKey.objects.get()
    shown = page.content.decode()
    plain = shown.split('select-all">')[1].split("<")[0]
    assert "no-store" in page["Cache-Control"]
    assert by_key(plain).status_code == 200
    for url in (f"/admin/identity/apikey/{key.pk}/change/", "/admin/identity/apikey/"):
        again = client.get(url)
        assert again.status_code == 200
        assert plain not in again.content.decode()


def test_an_operator_revokes_keys_in_the_admin(client):
    ada = make_user("ada")
    key, plain = make_key(ada)
    client.force_login(ada)
    client.post("/admin/identity/apikey/", {"action": "revoke", "_selected_action": [str(key.pk)]})
    assert by_key(plain).status_code == 401


def test_users_and_roles_have_their_admin_pages(client):
    ada = make_user("ada")
    client.force_login(ada)
    for url in ("/admin/auth/user/", f"/admin/auth/user/{ada.pk}/change/", "/admin/auth/group/"):
        assert client.get(url).status_code == 200


# --- Roles ----------------------------------------------------------------------------------------


def permissions_of(role):
    found = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{p.content_type.app_label}.{p.codename}" for p in found}


def test_the_roles_hold_what_the_policy_says():
    viewer, editor, admin = map(permissions_of, ("Viewer", "Editor", "Admin"))
    assert {"media_assets.view_clip", "ledger.view_ledgerevent", "alerts.view_alert"} <= viewer
    assert all(".view_" in permission for permission in viewer)
    assert {"campaigns.add_campaign", "campaigns.change_campaign"} <= editor
    assert not any(".delete_" in p or p.startswith(("auth.", "identity.")) for p in editor)
    assert not any(p.startswith("ledger.") and ".view_" not in p for p in editor | admin)
    assert viewer < editor < admin
    assert "auth.change_user" in admin
    theirs = {"campaigns.delete_campaign", "publishing.settle_publication"}
    assert theirs <= admin
    assert not theirs & editor
    assert "identity.view_refreshtoken" in admin
    assert "identity.change_refreshtoken" not in admin


def test_a_viewer_looks_and_an_editor_changes():
    for username, status in [("cleo", 403), ("ben", 200), ("ada", 200)]:
        client = APIClient()
        client.force_authenticate(make_user(username))
        assert client.get("/note").status_code == 200
        assert client.post("/note").status_code == status
