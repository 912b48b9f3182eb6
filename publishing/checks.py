"""What must hold before we start, so that it does not fail at night."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

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
