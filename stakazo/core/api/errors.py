"""The one error shape: {code, message, details}."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from stakazo.core.errors import StakazoError, TooLarge

logger = logging.getLogger(__name__)


class ErrorOut(serializers.Serializer[dict[str, Any]]):
    """The shape of every error answer."""

    code = serializers.CharField(help_text="Stable, for programs.")
    message = serializers.CharField(help_text="For people.")
    details = serializers.DictField(help_text="What exactly is wrong, where that is known.")


def error_body(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """The one shape."""
    return {"code": code, "message": message, "details": details or {}}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our errors and the framework's, in the one shape.

    None for what nobody expected: Django then answers 500 through `server_error`.
    """
    if isinstance(error, RequestDataTooBig):
        error = TooLarge(
            "The request brings more than we take.", max_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        )
    if isinstance(error, StakazoError):
        set_rollback()
        headers = {}
        if (wait_s := error.details.get("retry_after_s")) is not None:
            headers["Retry-After"] = str(int(wait_s))
        return Response(
            error_body(error.code, error.message, error.details),
            status=error.http_status,
            headers=headers,
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait_s := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait_s))
    code, message, details = _of_framework(error)
    return Response(error_body(code, message, details), status=error.status_code, headers=headers)


def _of_framework(error: exceptions.APIException) -> tuple[str, str, dict[str, Any]]:
    if isinstance(error, exceptions.ValidationError):
        fields: Any = error.get_full_details()
        details: dict[str, Any] = fields if isinstance(fields, dict) else {"fields": fields}
        return "stakazo.invalid-input", "The request has fields that are wrong.", details
    code = error.default_code.replace("_", "-")
    detail = error.detail
    if isinstance(detail, dict):  # simplejwt
        return f"stakazo.{code}", str(detail.get("detail", error.default_detail)), {}
    return f"stakazo.{code}", str(detail), {}


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """404 outside DRF."""
    return JsonResponse(
        error_body("stakazo.not-found", "There is nothing here.", {"path": request.path}),
        status=404,
    )


def server_error(request: HttpRequest) -> JsonResponse:
    """500: our fault; the log has the traceback."""
    return JsonResponse(
        error_body("stakazo.error", "Something broke on our side; it is in the log."), status=500
    )


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """400 outside DRF."""
    return JsonResponse(
        error_body("stakazo.invalid-input", "The request could not be read."), status=400
    )


def forbidden(request: HttpRequest, exception: Exception) -> JsonResponse:
    """403 outside DRF."""
    return JsonResponse(error_body("stakazo.not-allowed", "You may not do this."), status=403)
