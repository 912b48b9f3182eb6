"""Who may do what: one table. Groups, API, admin and sockets are all made from it.

Rows are resources, the things people speak of, with the models that hold them. A permission is Django's,
`room.action_model`; what a role may do to a resource it may do to each of its models. `roles.py` keeps the
groups equal to the table, `permissions.py` asks for it at each endpoint, `docs/permissions.md` prints it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ADMIN, EDITOR, VIEWER = "Admin", "Editor", "Viewer"
ROLES = (ADMIN, EDITOR, VIEWER)

NOTHING: tuple[str, ...] = ()
LOOK = ("view",)
WORK = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class Resource:
    """One row. models: `room.model`; may: role → actions."""

    name: str
    models: tuple[str, ...]
    may: Mapping[str, tuple[str, ...]]


def _row(
    name: str,
    models: str,
    *,
    admin: tuple[str, ...],
    editor: tuple[str, ...],
    viewer: tuple[str, ...],
) -> Resource:
    return Resource(name, tuple(models.split()), {ADMIN: admin, EDITOR: editor, VIEWER: viewer})


TABLE: tuple[Resource, ...] = (
    _row(
        "videos",
        "media_assets.videoasset media_assets.upload media_assets.captions",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "clips and variants",
        "media_assets.clip media_assets.clipvariant",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row("formats", "media_assets.formatrow", admin=ALL, editor=WORK, viewer=LOOK),
    _row(
        "watermarks and cards",
        "media_assets.watermark media_assets.card",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "jobs",
        "jobs.job jobs.jobattempt jobs.jobbatch jobs.jobdependency",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "queues, schedules and workers",
        "jobs.jobqueue jobs.jobschedule jobs.jobworker jobs.ratebudget jobs.budgetuse",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "accounts",
        "publishing.socialaccount publishing.accountplan publishing.accounthold",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "publications",
        "publishing.publication publishing.publishlog publishing.publishstep publishing.postmetric"
        " publishing.agemetric publishing.postfinding publishing.reconcilerun",
        admin=(*ALL, "approve", "settle"),
        editor=WORK,
        viewer=LOOK,
    ),
    _row("approvals", "publishing.approval", admin=ALL, editor=WORK, viewer=LOOK),
    _row(
        "webhooks in",
        "publishing.webhookdelivery publishing.refuseddelivery publishing.websublease",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "webhooks out",
        "publishing.webhooksubscriber publishing.outgoingdelivery publishing.outgoingattempt",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row(
        "campaigns",
        "campaigns.campaign campaigns.campaignclip",
        admin=ALL,
        editor=WORK,
        viewer=LOOK,
    ),
    _row("rules", "campaigns.platformrule", admin=ALL, editor=WORK, viewer=LOOK),
    # Nobody writes to the ledger by hand, whatever the role.
    _row(
        "the ledger",
        "ledger.ledgerevent ledger.ledgerseal ledger.ledgerarchive ledger.ledgercut ledger.ledgerreader"
        " ledger.ledgerhour ledger.ledgerslowjob ledger.ledgerstay ledger.ledgerflow ledger.ledgerworker",
        admin=LOOK,
        editor=LOOK,
        viewer=LOOK,
    ),
    _row("telemetry", "telemetry.telemetrymetric", admin=ALL, editor=WORK, viewer=LOOK),
    _row("alerts", "alerts.alert", admin=ALL, editor=WORK, viewer=LOOK),
    _row("reasoning", "reasoning.reasoningrun", admin=ALL, editor=WORK, viewer=LOOK),
    _row("people and roles", "auth.user auth.group", admin=ALL, editor=NOTHING, viewer=NOTHING),
    _row("API keys", "identity.apikey", admin=ALL, editor=NOTHING, viewer=NOTHING),
    _row("the transport of jobs", "django_q.ormq", admin=ALL, editor=NOTHING, viewer=NOTHING),
    # Written by the house itself; a hand could only forge them.
    _row(
        "traces of logins",
        "identity.refreshtoken identity.browserlogin identity.ticket identity.loginattempts"
        " identity.secondfactor identity.recoverycode"
        " sessions.session publishing.oauthstate",
        admin=LOOK,
        editor=NOTHING,
        viewer=NOTHING,
    ),
    _row(
        "the house's own rows",
        "admin.logentry auth.permission contenttypes.contenttype stakazo_core.idempotentcall"
        " django_q.task django_q.success django_q.failure django_q.schedule",
        admin=LOOK,
        editor=NOTHING,
        viewer=NOTHING,
    ),
)

# What it takes to watch: the page, the socket and its tickets, the snapshot, the figures.
WATCH = "telemetry.view_telemetrymetric"


def permissions_of(role: str) -> frozenset[str]:
    """All permissions of a role, such as `campaigns.change_campaign`."""
    return frozenset(
        permission for resource in TABLE for permission in _permissions(resource, role)
    )


def roles_with(permission: str) -> tuple[str, ...]:
    """The roles that hold this permission."""
    return tuple(role for role in ROLES if permission in permissions_of(role))


def known_models() -> list[str]:
    """Every model of the table, as `room.model`."""
    return [model for resource in TABLE for model in resource.models]


def _permissions(resource: Resource, role: str) -> Iterator[str]:
    for model in resource.models:
        room, _, name = model.partition(".")
        for action in resource.may[role]:
            # An action of its own, such as approve, belongs to the first model of its row.
            if action in ALL or model == resource.models[0]:
                yield f"{room}.{action}_{name}"
