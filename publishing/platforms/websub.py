"""Asking YouTube's hub to tell us about a channel."""

from publishing.errors import PlatformProblem
from publishing.platforms.error_table import Phase
from publishing.platforms.facts import fact
from publishing.platforms.hosts import hosts_of
from publishing.platforms.wire import ATTEMPTS, Wire


def lease_s() -> int:
    """For how long to ask; renewed at half."""
    return int(fact("youtube", "life", "lease").total_seconds())


def topic_of(channel_id: str) -> str:
    """The feed of a channel, as the hub names it when it asks our callback."""
    return str(fact("youtube", "page", "feed")).format(channel_id)


def subscribe_to_channel(*, channel_id: str, callback_url: str, secret: str, mode: str) -> None:
    """Ask for word of every upload. The hub then asks the callback with a challenge, which answers it
    if the topic is ours; subscribing again renews. secret: what it signs deliveries with. Raises PlatformBusy, PlatformProblem, LiveIsOff."""
    wire = Wire(hosts_of("youtube", mode=mode))
    try:
        answer = wire.call(
            "POST",
            wire.hosts.url("hub", "/subscribe"),
            phase=Phase.PREPARE,
            attempts=ATTEMPTS,
            data={
                "hub.mode": "subscribe",
                "hub.topic": topic_of(channel_id),
                "hub.callback": callback_url,
                "hub.lease_seconds": str(lease_s()),
                "hub.secret": secret,
                "hub.verify": "async",
            },
        )
    finally:
        wire.close()
    if not answer.is_success:
        raise PlatformProblem(
            "YouTube's hub did not take the subscription.",
            platform="youtube",
            http=answer.status_code,
        )
