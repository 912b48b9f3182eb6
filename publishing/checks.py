"""What must hold before we start, so that it does not fail at night."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

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
