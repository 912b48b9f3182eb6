"""What must hold before we start: that we know whose yes a post needs."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from publishing.approval import MEANING


@register("publishing")
def the_approval_setting_means_something(**more: Any) -> list[CheckMessage]:
    """STAKAZO_APPROVAL is one of the modes."""
    if settings.PUBLISHING_APPROVAL in MEANING:
        return []
    return [
        Error(
            f"STAKAZO_APPROVAL is {settings.PUBLISHING_APPROVAL!r}, which means nothing.",
            hint="Use off, one or second.",
            id="publishing.E001",
        )
    ]
