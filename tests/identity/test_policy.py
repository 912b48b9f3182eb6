"""The policy table: it knows every model, groups hold it exactly, and every endpoint answers by it."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from stakazo.identity import services
from stakazo.identity.endpoints import ANY_LOGIN, ANYBODY, PEOPLE, ROLE, endpoints
from stakazo.identity.policy import (
    ADMIN,
    EDITOR,
    ROLES,
    TABLE,
    VIEWER,
    known_models,
    permissions_of,
)
from tests.factories import make_user

PASSWORD = "correct horse battery"
UNKNOWN_ID = "0190a0b0-0000-7000-8000-000000000001"
NOBODY = "nothing"  # somebody with a login and no role
SAFE = ("GET", "HEAD", "OPTIONS")
ENDPOINTS = endpoints()


def held_by(role):
    found = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


# --- The table ------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_every_model_stands_in_the_table_once():
    assert sorted(known_models()) == sorted(model._meta.label_lower for model in apps.get_models())


@pytest.mark.any_database
def test_each_role_may_what_the_one_below_it_may():
    assert permissions_of(VIEWER) < permissions_of(EDITOR) < permissions_of(ADMIN)


@pytest.mark.django_db
def test_the_groups_hold_exactly_the_table():
    for role in ROLES:
        assert held_by(role) == permissions_of(role)


@pytest.mark.django_db
def test_what_was_added_to_a_role_by_hand_is_taken_off_and_other_groups_are_left_alone():
    extra = Permission.objects.get(codename="delete_clip")
    viewers, trainees = Group.objects.get(name=VIEWER), Group.objects.create(name="Trainees")
    for group in (viewers, trainees):
        group.permissions.add(extra)
    viewers.permissions.remove(Permission.objects.get(codename="view_clip"))
    call_command("migrate", verbosity=0)
    assert held_by(VIEWER) == permissions_of(VIEWER)
    assert held_by("Trainees") == {"media_assets.delete_clip"}


@pytest.mark.django_db
def test_a_role_cannot_be_changed_in_the_admin_and_another_group_can():
    client = Client()
    client.force_login(make_user("ada"))
    viewers, trainees = Group.objects.get(name=VIEWER), Group.objects.create(name="Trainees")
    data = {"name": "Renamed", "permissions": []}
    assert client.post(f"/admin/auth/group/{viewers.pk}/change/", data).status_code == 403
    assert (
        client.post(f"/admin/auth/group/{viewers.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert client.post(f"/admin/auth/group/{trainees.pk}/change/", data).status_code == 302
    assert set(Group.objects.values_list("name", flat=True)) == {*ROLES, "Renamed"}


@pytest.mark.any_database
def test_permissions_that_endpoints_ask_for_are_in_the_table():
    asked = {each.permission for each in ENDPOINTS if each.asks == ROLE}
    assert asked <= permissions_of(ADMIN)
    assert "" not in asked


@pytest.mark.any_database
def test_the_page_of_the_docs_is_what_the_command_prints():
    out = StringIO()
    call_command("permissions", "--markdown", stdout=out)
    assert (Path(settings.BASE_DIR) / "docs/permissions.md").read_text() == out.getvalue()


# --- The doors ------------------------------------------------------------------------------------


def person(role):
    user = make_user(role.lower())
    user.groups.add(*Group.objects.filter(name=role))
    return user


def ways_in(user):
    """(way, client) of each way that this person can come by."""
    session, token, read, write = (APIClient(raise_request_exception=False) for _ in range(4))
    session.force_login(user)
    access = services.login(user.username, PASSWORD, address="192.0.2.1").access
    token.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    for client, scope in ((read, "read"), (write, "write")):
        _, plain = services.create_api_key(name=scope, user=user, scopes=[scope])
        client.credentials(HTTP_X_API_KEY=plain)
    return {"session": session, "token": token, "key-read": read, "key-write": write}


def expected(endpoint, role, way):
    """What the table says: 403 or let in."""
    if way.startswith("key") and (endpoint.asks == PEOPLE or endpoint.people):
        return False
    if way == "key-read" and endpoint.method not in SAFE:
        return False
    if endpoint.asks in (ANY_LOGIN, PEOPLE):
        return True
    return role != NOBODY and endpoint.permission in permissions_of(role)


def address(endpoint):
    fixed = {"number": "1", "name": "x", "platform": "instagram", "entity_type": "clip"}
    fixed |= {"queue": "render", "act": "no-such"}
    return re.sub(r"{(\w+)}", lambda word: fixed.get(word[1], UNKNOWN_ID), endpoint.path)


@pytest.mark.django_db
def test_every_endpoint_answers_every_caller_as_the_table_says(settings):
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    nobody = APIClient(raise_request_exception=False)
    callers = {
        (role, way): client
        for role in (*ROLES, NOBODY)
        for way, client in ways_in(person(role)).items()
    }
    wrong = {}

    def ask(endpoint, client):
        return client.generic(
            endpoint.method, address(endpoint), b"{}", content_type="application/json"
        ).status_code

    for endpoint in ENDPOINTS:
        name = f"{endpoint.method} {endpoint.path}"
        anonymous = ask(endpoint, nobody)
        if endpoint.asks == ANYBODY:
            if ask(endpoint, callers[VIEWER, "session"]) != anonymous:
                wrong[name, VIEWER, "session"] = "not as anybody else"
            continue
        if anonymous != 401:
            wrong[name, "", "anonymous"] = anonymous
        for (role, way), client in callers.items():
            status = ask(endpoint, client)
            let_in = status not in (401, 403)
            if let_in != expected(endpoint, role, way) or status >= 500:
                wrong[name, role, way] = status
    assert wrong == {}


@pytest.mark.django_db
def test_a_superuser_may_everything_and_a_switched_off_account_nothing():
    ada, ben = make_user("ada"), person(ADMIN)
    client = APIClient()
    client.force_authenticate(ada)
    assert client.get("/videos").status_code == 200
    _, plain = services.create_api_key(name="x", user=ben, scopes=["write"])
    User.objects.filter(pk=ben.pk).update(is_active=False)
    assert APIClient(headers={"X-Api-Key": plain}).get("/videos").status_code == 401


@pytest.mark.any_database
def test_no_row_of_the_table_is_empty_and_no_role_is_forgotten():
    for row in TABLE:
        assert set(row.may) == set(ROLES)
        assert row.models
