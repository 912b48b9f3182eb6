"""The identity endpoints."""

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity import services
from stakazo.identity.browsing import login_in
from stakazo.identity.models import ApiKey
from stakazo.identity.permissions import IsPerson
from stakazo.identity.queries import logins_of
from stakazo.identity.serializers import (
    LoginIn,
    MeOut,
    PasswordIn,
    RefreshIn,
    RegisterIn,
    SessionOut,
    TokensOut,
    UserOut,
)

_USER = {"id": 7, "username": "ben", "email": "", "is_staff": False, "roles": ["Editor"]}
_TOKENS = {"access": "eyJhbGciOi…", "refresh": "Zk3v…", "expires_s": 600, "user": _USER}

_LOGIN = {
    "id": "0193a1b2-7c00-7000-8000-000000000007",
    "kind": "tokens",
    "address": "192.0.2.7",
    "user_agent": "curl/8.5.0",
    "created_at": "2026-11-20T09:00:00Z",
    "seen_at": "2026-11-20T09:40:00Z",
    "is_current": True,
}


class OpenDoorView(APIView):
    """For those who are not known yet; an old token in the header is no hindrance."""

    once = False  # nobody is known, so nobody's key; and each login is one of its own

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class RegisterView(OpenDoorView):
    """Make an account."""

    @extend_schema(
        operation_id="auth_register",
        tags=["identity"],
        request=RegisterIn,
        responses={201: UserOut, 403: ErrorOut, 409: ErrorOut},
        examples=[
            OpenApiExample(
                "Cleo",
                {"username": "cleo", "password": "correct horse battery"},
                request_only=True,
            ),
            OpenApiExample(
                "A Viewer",
                _USER | {"username": "cleo", "roles": ["Viewer"]},
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make an account in the role Viewer; 403 where registration is closed."""
        args = validated(RegisterIn, request.data)
        user = services.register_user(**args, open_to_all=settings.REGISTRATION_OPEN)
        return Response(UserOut(user).data, status=201)


class LoginView(OpenDoorView):
    """Log in."""

    @extend_schema(
        operation_id="auth_login",
        tags=["identity"],
        request=LoginIn,
        responses={200: TokensOut, 401: ErrorOut, 403: ErrorOut, 429: ErrorOut},
        examples=[
            OpenApiExample(
                "Ben", {"username": "ben", "password": "correct horse battery"}, request_only=True
            ),
            OpenApiExample("Tokens", _TOKENS, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Name and password, and a code where the account has a second factor, for tokens.

        401 `identity.second-factor-needed`: send it again with `code`. After five failures wait.
        """
        args = validated(LoginIn, request.data)
        tokens = services.login(
            **args,
            address=str(request.META.get("REMOTE_ADDR", "")),
            user_agent=request.headers.get("User-Agent", ""),
        )
        return Response(TokensOut(tokens).data)


class RefreshView(OpenDoorView):
    """Stay logged in."""

    @extend_schema(
        operation_id="auth_refresh",
        tags=["identity"],
        request=RefreshIn,
        responses={200: TokensOut, 401: ErrorOut},
        examples=[
            OpenApiExample("Token", {"refresh": "Zk3v…"}, request_only=True),
            OpenApiExample("Tokens", _TOKENS, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """A refresh token for new tokens, once; used again, it ends the whole login."""
        args = validated(RefreshIn, request.data)
        return Response(TokensOut(services.refresh(args["refresh"])).data)


class LogoutView(OpenDoorView):
    """Log out."""

    @extend_schema(
        operation_id="auth_logout",
        tags=["identity"],
        request=RefreshIn,
        responses={204: OpenApiResponse(description="The login has ended, if there was one.")},
        examples=[OpenApiExample("Token", {"refresh": "Zk3v…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """End the login of this refresh token, with all its tokens."""
        services.logout(validated(RefreshIn, request.data)["refresh"])
        return Response(status=204)


class MeView(APIView):
    """Who am I?"""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="auth_me",
        tags=["identity"],
        responses=MeOut,
        examples=[
            OpenApiExample(
                "Ben",
                _USER | {"permissions": ["media_assets.view_clip"], "came_by": "token"},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """The caller, its roles and what it may do."""
        auth, user = request.auth, cast(User, request.user)  # IsAuthenticated said so
        came_by = "key" if isinstance(auth, ApiKey) else "token" if auth else "session"
        return Response(MeOut(user, context={"came_by": came_by}).data)


class PasswordView(APIView):
    """The caller's own password."""

    permission_classes = [IsPerson]

    @extend_schema(
        operation_id="auth_password",
        tags=["identity"],
        request=PasswordIn,
        responses={204: OpenApiResponse(description="It is another one now."), 429: ErrorOut},
        examples=[
            OpenApiExample(
                "Another one",
                {"current": "correct horse battery", "new": "a staple that is correct"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Change it; every other login ends. Guessing the current one is held back as at login."""
        args, user = validated(PasswordIn, request.data), cast(User, request.user)
        current = _current_login(request)
        user = services.change_password(
            user,
            current=args["current"],
            new=args["new"],
            address=str(request.META.get("REMOTE_ADDR", "")),
            keep=uuid.UUID(current) if current and request.auth else None,
        )
        for login in logins_of(user):
            if str(login.id) != current:
                services.end_login_of(user, login.id)
        if not request.auth:
            update_session_auth_hash(request._request, user)
        return Response(status=204)


class SessionsView(APIView):
    """The caller's logins."""

    permission_classes = [IsPerson]

    @extend_schema(
        operation_id="auth_sessions",
        tags=["identity"],
        responses=SessionOut(many=True),
        examples=[OpenApiExample("One", _LOGIN, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """All that are open, newest first."""
        context = {"current": _current_login(request)}
        logins = logins_of(cast(User, request.user))
        return Response([SessionOut(login, context=context).data for login in logins])


class SessionView(APIView):
    """One login of the caller."""

    permission_classes = [IsPerson]

    @extend_schema(
        operation_id="auth_session_end",
        tags=["identity"],
        responses={204: OpenApiResponse(description="It has ended."), 404: ErrorOut},
    )
    def delete(self, request: Request, id: uuid.UUID) -> Response:
        """End it, with all its tokens, or the session of that browser."""
        if not services.end_login_of(cast(User, request.user), id):
            raise Http404
        return Response(status=204)


def _current_login(request: Request) -> str:
    """The id of the login that this request came by."""
    token: Any = request.auth
    if token is not None:
        return str(token.get("sid", ""))
    return login_in(request.session)
