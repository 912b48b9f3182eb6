"""Who is asking: told to the ledger's context for the length of a request."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from ledger.context import acting
from stakazo.core.request_id import current_request_id
from stakazo.identity.browsing import login_in
from stakazo.identity.reach import reaching_all
from stakazo.identity.services.browsers import see_browser_login


class LedgerContextMiddleware:
    """Events of this request carry its actor and, unless they know better, its id as correlation.

    Callers with a token or a key are known only later: their authentication class says who acts
    (`ledger.context.act_as`), and that holds until this block ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its circumstances."""
        user = getattr(request, "user", None)
        actor = f"user:{user.pk}" if user is not None and user.is_authenticated else "anonymous"
        with acting(actor=actor, correlation_id=current_request_id()), reaching_all():
            return self.get_response(request)


class BrowserLoginMiddleware:
    """A session whose login has ended, here or by its owner from elsewhere, is nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        user = request.user
        if user.is_authenticated and not see_browser_login(login_in(request.session), user):
            request.session.flush()
            request.user = AnonymousUser()
        return self.get_response(request)
