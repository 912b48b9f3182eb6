"""Who may do what: three groups, one table.

The groups are Django's, their permissions too; an operator may give a group more in the admin, and
the table never takes that away again.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

ADMIN, EDITOR, VIEWER = "Admin", "Editor", "Viewer"

# Role → what it may do to the models of the domain rooms; "*" is everything, in every room.
POLICY: Mapping[str, tuple[str, ...]] = {
    ADMIN: ("*",),
    EDITOR: ("view", "add", "change"),
    VIEWER: ("view",),
}
DOMAIN_ROOMS = (
    "ledger",
    "jobs",
    "media_assets",
    "publishing",
    "campaigns",
    "telemetry",
    "alerts",
    "reasoning",
)
# Nobody writes to the ledger by hand, whatever the role.
READ_ONLY_ROOMS = ("ledger",)


def grant_roles(app_config: AppConfig, using: str = "default", **more: Any) -> None:
    """After the migrations of an app: give each group its share of that app's permissions."""
    permissions = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    for role, verbs in POLICY.items():
        group, _ = Group.objects.using(using).get_or_create(name=role)
        share = _share(app_config.label, verbs)
        if share is not None:
            group.permissions.add(*permissions.filter(share))


def _share(room: str, verbs: tuple[str, ...]) -> Q | None:
    if room in READ_ONLY_ROOMS:
        verbs = ("view",)
    if verbs == ("*",):
        return Q()
    if room not in DOMAIN_ROOMS:
        return None
    share = Q(pk__in=[])
    for verb in verbs:
        share |= Q(codename__startswith=f"{verb}_")
    return share
