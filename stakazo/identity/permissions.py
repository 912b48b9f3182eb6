"""Who may call an endpoint: what the view asks for, and whether the caller's role holds it."""

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from stakazo.identity.models import ApiKey

if TYPE_CHECKING:  # DRF reads this module while it loads its views
    from rest_framework.views import APIView


class IsPerson(BasePermission):
    """Somebody who logged in: an API key has no password and no logins."""

    message = "This is for people; an API key cannot do it."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether this caller may."""
        user: Any = request.user
        return bool(user and user.is_authenticated) and not isinstance(request.auth, ApiKey)


class RoleAllows(BasePermission):
    """Whoever holds the permission that the view asks for; see `needed_permission`."""

    message = "Your role may not do this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether this caller may. A view that asks for nothing is open to no role."""
        user: Any = request.user
        if not user or not user.is_authenticated:
            return False
        needed = needed_permission(
            view, str(request.method), action=getattr(view, "action", None) or ""
        )
        return bool(user.has_perm(needed)) if needed else bool(user.is_superuser)


def needed_permission(view: Any, method: str, *, action: str = "") -> str:
    """The permission that a view, or its class, asks of this method; "" where it names none.

    `required_permission` is for unsafe methods, `action_permissions` for those named actions of a viewset
    that take another; `view_permission` is for safe methods, and where it is not named, to view what
    `required_permission` is about: campaigns.change_campaign → campaigns.view_campaign.
    """
    if special := getattr(view, "action_permissions", {}).get(action):
        return str(special)
    required = str(getattr(view, "required_permission", ""))
    if method not in SAFE_METHODS:
        return required
    if named := getattr(view, "view_permission", ""):
        return str(named)
    room, _, codename = required.partition(".")
    return f"{room}.view_{codename.partition('_')[2]}" if required else ""
