"""The one error shape: {code, message, details, request_id}."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from stakazo.core.errors import StakazoError, TooLarge
from stakazo.core.request_id import current_request_id

logger = logging.getLogger(__name__)


class ErrorOut(serializers.Serializer[dict[str, Any]]):
    """The shape of every error answer."""

    code = serializers.CharField(help_text="Stable, for programs.")
    message = serializers.CharField(help_text="For people.")
    details = serializers.DictField(help_text="What exactly is wrong, where that is known.")
    request_id = serializers.CharField(help_text="Of the request, as in X-Request-ID.")


def error_body(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """The one shape."""
    return {
        "code": code,
        "message": message,
        "details": details or {},
        "request_id": current_request_id(),
    }


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our errors and the framework's, in the one shape.

    None for what nobody expected: Django then answers 500 through `outside.server_error`.
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


def framework_code(default_code: str) -> str:
    """Our code for one of DRF's."""
    if default_code == exceptions.ValidationError.default_code:
        return "stakazo.invalid-input"
    return f"stakazo.{default_code.replace('_', '-')}"


def _of_framework(error: exceptions.APIException) -> tuple[str, str, dict[str, Any]]:
    if isinstance(error, exceptions.ValidationError):
        fields: Any = error.get_full_details()
        details: dict[str, Any] = fields if isinstance(fields, dict) else {"fields": fields}
        return "stakazo.invalid-input", "The request has fields that are wrong.", details
    code = framework_code(error.default_code)
    detail = error.detail
    if isinstance(detail, dict):  # simplejwt
        return code, str(detail.get("detail", error.default_detail)), {}
    return code, str(detail), {}
