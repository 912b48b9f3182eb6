"""Who is asking: told to the ledger's context for the length of a request."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from ledger.context import acting
from stakazo.core.api.errors import error_body
from stakazo.core.request_id import current_request_id
from stakazo.identity.browsing import login_in
from stakazo.identity.errors import SecondFactorMissing
from stakazo.identity.reach import reaching_all
from stakazo.identity.services.browsers import see_browser_login
from stakazo.identity.services.second_factors import lacks_second_factor


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


class SecondFactorMiddleware:
    """A browser whose user must have a second factor and has none gets to the page that makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request, or send it there."""
        user = request.user
        if not isinstance(user, User) or not lacks_second_factor(user):
            return self.get_response(request)
        page = reverse("admin:second-factor")
        if request.path in (page, reverse("admin:logout"), reverse("admin:login")):
            return self.get_response(request)
        if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
            return redirect(page)
        refused = SecondFactorMissing("Your role needs a second factor. Make one first.", page=page)
        body = error_body(refused.code, refused.message, refused.details)
        return JsonResponse(body, status=refused.http_status)


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
