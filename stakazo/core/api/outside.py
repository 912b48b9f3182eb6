"""Errors that Django answers outside of DRF: JSON in the one shape, or a page for who asks for HTML."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from stakazo.core.api.errors import error_body
from stakazo.core.errors import TooLarge

_TITLES = {
    400: "We cannot read this",
    403: "You may not do this",
    404: "There is nothing here",
    413: "This is too much",
    500: "Something broke",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, with no word of what was suspicious; 413 for a body that Django would not read."""
    if isinstance(exception, RequestDataTooBig):
        details = {"max_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
        return _answer(
            request, TooLarge.http_status, TooLarge.code, "The request brings too much.", details
        )
    return _answer(request, 400, "stakazo.invalid-input", "The request could not be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _answer(request, 403, "stakazo.not-allowed", "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not sent from one of our pages."""
    return _answer(
        request,
        403,
        "stakazo.csrf-failed",
        "This form was not sent from one of our pages, or its page is too old. Load it again.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _answer(
        request, 404, "stakazo.not-found", "There is nothing here.", {"path": request.path}
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the log has the traceback."""
    return _answer(request, 500, "stakazo.error", "Something broke on our side; it is in the log.")


def _answer(
    request: HttpRequest,
    status: int,
    code: str,
    message: str,
    details: dict[str, Any] | None = None,
) -> HttpResponse:
    body = error_body(code, message, details)
    if request.get_preferred_type(["application/json", "text/html"]) != "text/html":
        return JsonResponse(body, status=status)
    page = render_to_string("error.html", body | {"status": status, "title": _TITLES[status]})
    return HttpResponse(page, status=status)
