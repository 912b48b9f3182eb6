"""Who may look, and who may change."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class MayChange(BasePermission):
    """Everybody who is logged in may look; staff, and whoever has the view's permission, may change.

    The view names it as `required_permission`, such as `campaigns.change_campaign`.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this caller may do this."""
        user = request.user
        if not user.is_authenticated:
            return False
        if request.method in SAFE_METHODS:
            return True
        needed = getattr(view, "required_permission", "")
        return bool(user.is_staff or (needed and user.has_perm(needed)))
