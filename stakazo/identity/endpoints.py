"""Every endpoint of the API with what it asks of its caller, read from the views themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import EndpointEnumerator
from rest_framework.permissions import AllowAny, IsAuthenticated, OperandHolder

from stakazo.identity.permissions import IsPerson, RoleAllows, needed_permission
from stakazo.identity.policy import ROLES, roles_with

ANYBODY, ANY_LOGIN, PEOPLE, ROLE = "anybody", "any login", "people", "role"


@dataclass(frozen=True)
class Endpoint:
    """One method of one path. asks: anybody, any login, people (no API keys), or role.

    permission: with role, the permission it takes. or_link: a signed link opens it too. people: with
    role, no API key has any of it.
    """

    method: str
    path: str
    asks: str
    permission: str = ""
    or_link: bool = False
    people: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that may; of "anybody" and the like, all."""
        return roles_with(self.permission) if self.asks == ROLE else ROLES


def endpoints() -> list[Endpoint]:
    """All of them, by path."""
    enumerator: Any = EndpointEnumerator()  # type: ignore[no-untyped-call]  # no stubs
    found = [
        _endpoint(path, method, callback)
        for path, _, method, callback in enumerator.get_api_endpoints()
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def _endpoint(path: str, method: str, callback: Any) -> Endpoint:
    view = callback.cls
    action = getattr(callback, "actions", {}).get(method.lower(), "")
    classes = [each for one in view.permission_classes for each in _operands(one)]
    if AllowAny in classes:
        return Endpoint(method, path, ANYBODY)
    people = IsPerson in classes
    if people and len(classes) == 1:
        return Endpoint(method, path, PEOPLE)
    if IsAuthenticated in classes:
        return Endpoint(method, path, ANY_LOGIN)
    if not any(issubclass(each, RoleAllows) for each in classes):
        raise TypeError(f"{view.__name__} asks for nothing that the policy table knows")
    permission = needed_permission(view, method, action=action)
    or_link = any(isinstance(one, OperandHolder) for one in view.permission_classes)
    return Endpoint(method, path, ROLE, permission, or_link=or_link, people=people)


def _operands(permission: Any) -> Iterator[Any]:
    if isinstance(permission, OperandHolder):
        yield from _operands(permission.op1_class)
        yield from _operands(permission.op2_class)
    else:
        yield permission
