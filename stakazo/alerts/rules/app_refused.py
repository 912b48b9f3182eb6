"""Platforms that do not take our app."""

from collections.abc import Iterator

from stakazo.alerts.facts import Facts
from stakazo.alerts.rules.proposal import ERROR, Proposal


def app_refused(facts: Facts) -> Iterator[Proposal]:
    """One alert per app: no account is at fault, and none can be renewed until it is mended."""
    for app in facts.refused_apps:
        yield Proposal(
            key=app,
            severity=ERROR,
            title=f"Our app is refused: {app}"[:200],
            message=(
                "The platform does not take our app's id or secret, so no token can be renewed. Compare "
                "the settings with the platform's developer portal. The accounts stay connected."
            ),
            entity_type="platform_app",
            entity_id=app,
        )
