"""What must hold before we start, so that it does not fail at night."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone

from publishing.approval import MEANING
from publishing.preflight import DECLARATIONS


@register("publishing")
def declarations_are_known(**more: Any) -> list[CheckMessage]:
    """A declaration that is misspelt declares nothing."""
    return [
        Error(
            f"STAKAZO_DECLARATIONS has {word!r}, which declares nothing.",
            hint=f"Known are {', '.join(sorted(DECLARATIONS))}.",
            id="publishing.E001",
        )
        for word in settings.DECLARATIONS
        if word not in DECLARATIONS
    ]


@register("publishing")
def ports_are_ports(**more: Any) -> list[CheckMessage]:
    """STAKAZO_WEBHOOKS_OUT_PORTS names at least one port."""
    ports = settings.WEBHOOKS_OUT_PORTS
    if ports and all(0 < port < 65_536 for port in ports):
        return []
    return [
        Error(
            "STAKAZO_WEBHOOKS_OUT_PORTS names no port, or one that is none.",
            hint="443, or several with commas.",
            id="publishing.E002",
        )
    ]


@register("publishing", deploy=True)
def webhooks_stay_outside(**more: Any) -> list[CheckMessage]:
    """On a public host nobody may have us call what listens on this machine."""
    if not settings.WEBHOOKS_OUT_LOOPBACK:
        return []
    return [
        Warning(
            "Webhooks may be sent to this machine itself.",
            hint="STAKAZO_WEBHOOKS_OUT_LOOPBACK=false, except to try things out.",
            id="publishing.W001",
        )
    ]


@register("publishing")
def the_approval_setting_means_something(**more: Any) -> list[CheckMessage]:
    """STAKAZO_APPROVAL is one of the modes."""
    if settings.PUBLISHING_APPROVAL in MEANING:
        return []
    return [
        Error(
            f"STAKAZO_APPROVAL is {settings.PUBLISHING_APPROVAL!r}, which means nothing.",
            hint="Use off, one or second.",
            id="publishing.E003",
        )
    ]


@register("publishing")
def rows_of_an_operator_are_rows(**more: Any) -> list[CheckMessage]:
    """STAKAZO_PLATFORM_FACTS changes rows that there are, to values that can be."""
    return [
        Error(
            f"STAKAZO_PLATFORM_FACTS: {fault}.",
            hint="manage.py platform_facts prints the rows and their values.",
            id="publishing.E004",
        )
        for fault in settings.PLATFORM_FACT_FAULTS
    ]


@register("publishing")
def what_platforms_promise_was_read_lately(**more: Any) -> list[CheckMessage]:
    """No row of the table is older than STAKAZO_PLATFORM_FACTS_MONTHS, and none has passed its end."""
    today, rows = timezone.now().date(), settings.PLATFORM_FACTS
    found: list[CheckMessage] = [
        Warning(
            f"{key} was {row.value} until {row.ends}; that day is over.",
            hint="Read the platform's pages, and set the row in STAKAZO_PLATFORM_FACTS.",
            id="publishing.W003",
        )
        for key, row in rows.items()
        if row.ends is not None and row.ends < today
    ]
    old = {key: row.as_of for key, row in rows.items() if _is_old(row.as_of, today)}
    for platform in sorted({key.split(":")[0] for key in old}):
        theirs = [day for key, day in old.items() if key.startswith(f"{platform}:")]
        found.append(
            Warning(
                f"{len(theirs)} rows on {platform} were read {min(theirs)} or soon after, "
                f"more than {settings.PLATFORM_FACTS_MONTHS} months ago.",
                hint="Read its pages again, then set `as_of` (manage.py platform_facts has the sources).",
                id="publishing.W002",
            )
        )
    return found


def _is_old(day: date, today: date) -> bool:
    return today - day > timedelta(days=settings.PLATFORM_FACTS_MONTHS * 365 / 12)
