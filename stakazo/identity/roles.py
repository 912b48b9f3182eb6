"""The three roles as Django groups, kept equal to the policy table."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from stakazo.identity.policy import ADMIN, EDITOR, ROLES, VIEWER, permissions_of

__all__ = ["ADMIN", "EDITOR", "ROLES", "VIEWER", "grant_roles"]


def grant_roles(app_config: AppConfig, using: str = "default", **more: Any) -> None:
    """After the migrations of an app: each role has exactly the table's share of its permissions.

    Who needs something else gets a group of another name beside the role.
    """
    room = app_config.label
    known = Permission.objects.using(using).filter(content_type__app_label=room)
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role)
        share = {name.partition(".")[2] for name in permissions_of(role) if _room_of(name) == room}
        group.permissions.remove(*known.filter(group=group).exclude(codename__in=share))
        group.permissions.add(*known.filter(codename__in=share).exclude(group=group))


def _room_of(permission: str) -> str:
    return permission.partition(".")[0]
