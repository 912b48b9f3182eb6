"""gzip for what programs read; never where a page of somebody else could weigh a secret by it (BREACH)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_KINDS = ("application/json", "application/vnd.oai.openapi", "text/plain", "text/vtt")


class CarefulGZipMiddleware(GZipMiddleware):
    """Compresses whole answers that are data, asked for without the cookie of a session.

    The attack has a browser send its cookies with words of the attacker's choice, and looks how long the answer is.
    Tokens and keys are not sent by themselves. What may not be stored shows a secret and stays as it is.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """The answer, smaller where it may be."""
        if _may_shrink(request, response):
            return super().process_response(request, response)  # type: ignore[arg-type]  # not streaming
        return response


def _may_shrink(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.streaming or response.cookies or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    if "no-store" in response.get("Cache-Control", "") or request.path.startswith("/auth/"):
        return False
    return response.get("Content-Type", "").startswith(_KINDS)
