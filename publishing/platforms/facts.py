"""The rows of settings.PLATFORM_FACTS, by the names that this room asks for."""

from datetime import timedelta
from typing import Any

from django.conf import settings


def fact(platform: str, kind: str, name: str) -> Any:
    """The value of a row. Any: each kind has a shape of its own. Raises KeyError."""
    return settings.PLATFORM_FACTS[f"{platform}:{kind}:{name}"].value


def version_of(platform: str) -> str:
    """The version of its API that we speak."""
    return str(fact(platform, "version", "api"))


def live_hosts(platform: str) -> dict[str, str]:
    """Role → host."""
    start = f"{platform}:host:"
    rows = settings.PLATFORM_FACTS
    return {key.removeprefix(start): rows[key].value for key in rows if key.startswith(start)}


def upload_domains(platform: str) -> tuple[str, ...]:
    """What the hosts end in that the platform names in its answers."""
    return tuple(fact(platform, "domains", "upload"))


def platforms_of_the_table() -> list[str]:
    """Those that have hosts."""
    return sorted({key.split(":")[0] for key in settings.PLATFORM_FACTS if ":host:" in key})


def life(platform: str, name: str) -> timedelta | None:
    """How long something lives there; None: the table does not say."""
    row = settings.PLATFORM_FACTS.get(f"{platform}:life:{name}")
    return row.value if row else None


def margin(platform: str, name: str) -> timedelta | None:
    """How long before its end we renew it; None: we do not."""
    row = settings.PLATFORM_FACTS.get(f"{platform}:margin:{name}")
    return row.value if row else None
