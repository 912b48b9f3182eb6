"""The one error shape, whoever fails."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from stakazo.core.errors import Conflict, Unavailable
from stakazo.core.request_id import current_request_id
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


def outside(request, kind):
    raise {
        "bug": ZeroDivisionError,
        "refused": PermissionDenied,
        "unreadable": BadRequest,
        "large": RequestDataTooBig,
    }[kind]("a secret of ours")


def form(request):
    return HttpResponse(status=204)


urlpatterns = [
    *product_urls,
    path("test/outside/<str:kind>", outside),
    path("test/form", form),
    path("test/conflict", conflict),
    path("test/busy", busy),
    path("test/bug", bug),
]
handler400 = "stakazo.core.api.outside.bad_request"
handler403 = "stakazo.core.api.outside.forbidden"
handler404 = "stakazo.core.api.outside.not_found"
handler500 = "stakazo.core.api.outside.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.test_errors")]


def test_our_errors_carry_code_words_and_details(client):
    answer = client.get("/test/conflict")
    assert answer.status_code == 409
    assert answer.json() == {
        "code": "stakazo.conflict",
        "message": "It is taken.",
        "details": {"by": "ada"},
        "request_id": answer["X-Request-ID"],
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
    assert set(answer.json()) == {"code", "message", "details", "request_id"}
    if code:
        assert answer.json()["code"] == code


def test_a_bug_tells_nothing_about_itself(client):
    client.raise_request_exception = False
    answer = client.get("/test/bug")
    assert answer.status_code == 500
    assert answer.json()["code"] == "stakazo.error"
    assert "ZeroDivisionError" not in answer.content.decode()


# --- Outside of DRF -------------------------------------------------------------------------------

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OUTSIDE = [
    ("/no/such/page", {}, 404, "stakazo.not-found"),
    ("/test/outside/bug", {}, 500, "stakazo.error"),
    ("/test/outside/refused", {}, 403, "stakazo.not-allowed"),
    ("/test/outside/unreadable", {}, 400, "stakazo.invalid-input"),
    ("/test/outside/large", {}, 413, "stakazo.too-large"),
    ("/videos", {"Host": "elsewhere.example"}, 400, "stakazo.invalid-input"),
]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(("url", "headers", "status", "code"), OUTSIDE)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "image/png"])
def test_who_does_not_ask_for_html_gets_the_one_shape(visitor, url, headers, status, code, accept):
    answer = visitor.get(url, headers=headers | {"Accept": accept, "X-Request-ID": "road-2026.1"})
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert set(said) == {"code", "message", "details", "request_id"}
    assert said["request_id"] == answer["X-Request-ID"] == "road-2026.1"
    assert b"a secret of ours" not in answer.content


@pytest.mark.parametrize(("url", "headers", "status", "code"), OUTSIDE)
def test_a_browser_gets_a_page_with_the_id_of_the_request(visitor, url, headers, status, code):
    answer = visitor.get(url, headers=headers | {"Accept": BROWSER})
    page = answer.content.decode()
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert code in page
    assert answer["X-Request-ID"] in page
    assert "a secret of ours" not in page


def test_a_form_from_elsewhere_is_refused_in_the_one_shape(visitor):
    answer = visitor.post("/test/form", {"a": "b"})
    assert (answer.status_code, answer.json()["code"]) == (403, "stakazo.csrf-failed")
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_an_id_that_could_break_a_page_or_a_log_is_not_taken(visitor):
    for given in ("<script>1234</script>", "short", "x" * 65, "with space and more"):
        answer = visitor.get("/no/such/page", headers={"X-Request-ID": given})
        assert answer.json()["request_id"] == answer["X-Request-ID"] != given


def test_the_id_ends_with_its_request(visitor):
    visitor.get("/no/such/page", headers={"X-Request-ID": "road-2026.1"})
    assert current_request_id() == ""
