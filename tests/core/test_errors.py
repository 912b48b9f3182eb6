"""The one error shape, whoever fails."""

import pytest
from django.urls import path
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from stakazo.core.errors import Conflict, Unavailable
from stakazo.urls import urlpatterns as product_urls


@api_view(["GET"])
@permission_classes([AllowAny])
def conflict(request):
    raise Conflict("It is taken.", by="ada")


@api_view(["GET"])
@permission_classes([AllowAny])
def busy(request):
    raise Unavailable("Come back.", retry_after_s=7)


@api_view(["GET"])
@permission_classes([AllowAny])
def bug(request):
    raise ZeroDivisionError


urlpatterns = [
    *product_urls,
    path("test/conflict", conflict),
    path("test/busy", busy),
    path("test/bug", bug),
]
handler404 = "stakazo.core.api.errors.not_found"
handler500 = "stakazo.core.api.errors.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.test_errors")]


def test_our_errors_carry_code_words_and_details(client):
    answer = client.get("/test/conflict")
    assert answer.status_code == 409
    assert answer.json() == {
        "code": "stakazo.conflict",
        "message": "It is taken.",
        "details": {"by": "ada"},
    }


def test_a_wait_is_also_a_header(client):
    answer = client.get("/test/busy")
    assert (answer.status_code, answer["Retry-After"]) == (503, "7")


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("get", "/no/such/page", 404, "stakazo.not-found"),
        ("get", "/videos", 401, "stakazo.not-authenticated"),
        ("delete", "/test/conflict", 405, "stakazo.method-not-allowed"),
    ],
)
def test_the_frameworks_errors_have_the_same_shape(client, method, url, status, code):
    answer = getattr(client, method)(url)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "details"}
    if code:
        assert answer.json()["code"] == code


def test_a_bug_tells_nothing_about_itself(client):
    client.raise_request_exception = False
    answer = client.get("/test/bug")
    assert answer.status_code == 500
    assert answer.json()["code"] == "stakazo.error"
    assert "ZeroDivisionError" not in answer.content.decode()
