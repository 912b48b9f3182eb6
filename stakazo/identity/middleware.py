"""Who is asking: told to the ledger's context for the length of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ledger.context import acting
from stakazo.core.ids import uuid7


class LedgerContextMiddleware:
    """Events of this request carry its user and an id that the answer repeats (X-Request-Id)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its circumstances."""
        request_id = str(uuid7())
        user = getattr(request, "user", None)
        actor = f"user:{user.pk}" if user is not None and user.is_authenticated else "anonymous"
        with acting(actor=actor):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
