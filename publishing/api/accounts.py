"""The doors of accounts: connect, look, let post again, take out."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import renderers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from publishing.api.serializers import (
    AccountChoiceIn,
    AccountChoiceOut,
    AccountDetailOut,
    AccountOut,
    ConsentOut,
    ReasonIn,
)
from publishing.errors import OAuthRefused
from publishing.models import Login, OAuthState, Platform, SocialAccount
from publishing.services import accounts, choosing, webhooks
from publishing.services.releasing import release_account
from publishing.sessions import session_secret
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, GenericViewSet, validated
from stakazo.identity.reach import in_reach

_ACCOUNT = {
    "id": "0190a0b0-0000-7000-8000-000000000031",
    "platform": "instagram",
    "mode": "simulator",
    "external_id": "17841400000000001",
    "handle": "ada",
    "login": "",
    "status": "connected",
    "scopes": ["instagram_business_basic", "instagram_business_content_publish"],
    "token_expires_at": "2027-01-19T09:00:00Z",
    "renewed_at": "2026-11-20T09:00:00Z",
    "connection_ends_at": "2027-01-19T09:00:00Z",
    "created_at": "2026-11-20T08:00:00Z",
}
_DETAIL = {
    **_ACCOUNT,
    "hold": {
        "id": "0190a0b0-0000-7000-8000-000000000061",
        "status": "held",
        "why": "YouTube has a problem of its own.",
        "remedy": "Nothing: it is tried again by itself.",
        "times": 1,
        "retry_at": "2026-11-20T09:05:00Z",
        "created_at": "2026-11-20T09:00:00Z",
    },
    "waiting": 3,
    "next_post_in_s": 12.5,
    "budgets": [
        {
            "scope": "account",
            "name": "posts",
            "limit": 50,
            "per_s": 86400.0,
            "gap_s": 60.0,
            "used": 7,
            "wait_s": 12.5,
        }
    ],
}
_CHOICE = {
    "id": "0190a0b0-0000-7000-8000-000000000071",
    "platform": "instagram",
    "mode": "simulator",
    "login": "facebook",
    "expires_at": "2026-11-20T08:20:00Z",
    "accounts": [
        {"external_id": "17841400000000001", "handle": "ada", "page": "Ada's Page"},
        {"external_id": "17841400000000002", "handle": "ada.live", "page": "Ada Live"},
    ],
}


def _example(name: str, value: Any, **more: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, **more)


def _asked(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


@extend_schema_view(
    list=extend_schema(
        operation_id="accounts_list", tags=["publishing"], examples=[_example("One", _ACCOUNT)]
    ),
    retrieve=extend_schema(
        operation_id="accounts_get",
        tags=["publishing"],
        responses={200: AccountDetailOut},
        examples=[_example("One that is held", _DETAIL)],
    ),
)
class AccountViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[SocialAccount]):
    """The accounts that we may post on; one of them with what holds its posts up."""

    answer_with_effect = False  # to disconnect one tells its platform

    required_permission = "publishing.change_socialaccount"
    serializer_class = AccountOut
    filterset_fields = ["platform", "status", "mode"]
    queryset = SocialAccount.objects.all()

    def get_queryset(self) -> QuerySet[SocialAccount]:
        """Those that the caller's key reaches."""
        return in_reach(super().get_queryset(), mode="mode")

    def get_serializer_class(self) -> Any:
        """One account comes with its hold and its budgets."""
        return AccountDetailOut if self.action == "retrieve" else AccountOut

    @extend_schema(
        operation_id="accounts_disconnect",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: AccountOut},
        examples=[
            _asked("With a reason", {"why": "sold"}),
            _example("Disconnected", {**_ACCOUNT, "status": "disconnected"}),
        ],
    )
    def disconnect(self, request: Request, pk: str) -> Response:
        """Forget its tokens."""
        why = validated(ReasonIn, request.data)["why"]
        account = accounts.disconnect_account(self.get_object(), why=why)
        return Response(AccountOut(account).data)

    @extend_schema(
        operation_id="accounts_release",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: AccountDetailOut, 409: ErrorOut},
        examples=[
            _asked("With a reason", {"why": "the check in the app was answered"}),
            _example("It posts again", {**_DETAIL, "hold": None}),
        ],
    )
    def release(self, request: Request, pk: str) -> Response:
        """End its hold: what waits goes out, one by one. 409: it is not held."""
        account = self.get_object()
        release_account(account, why=validated(ReasonIn, request.data)["why"])
        return Response(AccountDetailOut(account).data)


class ConnectView(APIView):
    """The way to a platform's consent page."""

    required_permission = "publishing.change_socialaccount"

    @extend_schema(
        operation_id="accounts_connect",
        tags=["publishing"],
        request=None,
        parameters=[
            OpenApiParameter("platform", str, OpenApiParameter.PATH, enum=list(Platform.values)),
            OpenApiParameter(
                "login",
                str,
                enum=list(Login.values),
                description="Another way to connect than the platform's own: Instagram accounts "
                "through the pages that a Facebook login manages.",
            ),
        ],
        responses={200: ConsentOut, 302: None},
        examples=[
            _example(
                "Where to go",
                {"authorize_url": "https://www.instagram.com/oauth/authorize?state=…"},
            )
        ],
    )
    def post(self, request: Request, platform: str) -> Response | HttpResponseRedirect:
        """Open a consent page for this session; browsers are sent there."""
        consent = accounts.begin_connect(
            platform,
            session_secret=session_secret(request),
            login=request.query_params.get("login", ""),
        )
        if isinstance(request.accepted_renderer, renderers.BrowsableAPIRenderer) or (
            request.query_params.get("go") == "1"
        ):
            return redirect(consent.authorize_url)
        return Response({"authorize_url": consent.authorize_url})


class CallbackView(APIView):
    """The way back from it."""

    view_permission = "publishing.change_socialaccount"  # it ends in a connected account
    tagged = False  # it can be gone once

    @extend_schema(
        operation_id="accounts_callback",
        tags=["publishing"],
        parameters=[
            OpenApiParameter("platform", str, OpenApiParameter.PATH, enum=list(Platform.values)),
            OpenApiParameter("state", str),
            OpenApiParameter("code", str),
            OpenApiParameter("error", str),
        ],
        responses={200: AccountOut, 202: AccountChoiceOut, 302: None, 400: ErrorOut},
        examples=[
            _example("Connected", _ACCOUNT, status_codes=["200"]),
            _example("Several to choose from", _CHOICE, status_codes=["202"]),
        ],
    )
    def get(self, request: Request, platform: str) -> Response | HttpResponseRedirect:
        """Keep the account; only in the session that opened the page, within ten minutes, once.

        202: the sign-in opens several accounts, and none is kept until some are chosen.
        """
        query = request.query_params
        if query.get("error"):
            words = query.get("error_description") or query["error"]
            raise OAuthRefused(f"The platform said no: {words[:200]}", platform=platform)
        account = accounts.finish_connect(
            webhooks.known_platform(platform),
            # Instagram puts "#_" at the end, which some clients pass on.
            state=query.get("state", "").removesuffix("#_"),
            code=query.get("code", "").removesuffix("#_"),
            session_secret=session_secret(request),
        )
        browser = isinstance(request.accepted_renderer, renderers.BrowsableAPIRenderer)
        if isinstance(account, OAuthState):
            if browser:
                return redirect("admin:publishing_socialaccount_choose", account.pk)
            return Response(AccountChoiceOut(account).data, status=202)
        if browser:
            return redirect("admin:publishing_socialaccount_change", account.pk)
        return Response(AccountOut(account).data)


class ChoiceView(APIView):
    """What a sign-in found that opens several accounts, for the session that began it."""

    answer_with_effect = False  # the first choice takes the list away

    required_permission = "publishing.change_socialaccount"

    @extend_schema(
        operation_id="accounts_choice_get",
        tags=["publishing"],
        responses={200: AccountChoiceOut, 404: ErrorOut},
        examples=[_example("Two accounts", _CHOICE)],
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The accounts to choose from. 404: chosen already, too old, or another session's."""
        choice = choosing.choice_by_id(pk, session_secret=session_secret(request))
        return Response(AccountChoiceOut(choice).data)

    @extend_schema(
        operation_id="accounts_choose",
        tags=["publishing"],
        request=AccountChoiceIn,
        responses={200: AccountOut(many=True), 400: ErrorOut, 404: ErrorOut},
        examples=[
            _asked("One of them", {"external_ids": ["17841400000000001"]}),
            _example("Connected", _ACCOUNT),
        ],
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Connect these, and forget the others."""
        chosen = accounts.choose_accounts(
            pk,
            validated(AccountChoiceIn, request.data)["external_ids"],
            session_secret=session_secret(request),
        )
        return Response(AccountOut(chosen, many=True).data)
