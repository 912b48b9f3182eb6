"""What the jobs of this room are told: ids and numbers, nothing else."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class PublishClip:
    """Make this publication real."""

    publication_id: uuid.UUID


@dataclass(frozen=True)
class FinishPost:
    """Do one thing to a post that is live."""

    step_id: uuid.UUID


@dataclass(frozen=True)
class HandleWebhook:
    """Act on a delivery that was verified and stored."""

    delivery_id: uuid.UUID


@dataclass(frozen=True)
class ReconcilePublications:
    """Settle attempts that nobody touched for this long."""

    since_minutes: int = 10


@dataclass(frozen=True)
class AuditPosts:
    """Compare what accounts list of so many days with our records."""

    days: int = 30


@dataclass(frozen=True)
class CollectMetrics:
    """Ask for the numbers of posts published within this many days."""

    days: int = 30


@dataclass(frozen=True)
class CollectAtAges:
    """Ask for the numbers of posts that have just reached a fixed age."""


@dataclass(frozen=True)
class FollowChannels:
    """Have YouTube's hub tell us about connected channels, where its lease is missing or runs out."""


@dataclass(frozen=True)
class RenewTokens:
    """Renew the tokens of accounts that near their end, and warn of the rest."""


@dataclass(frozen=True)
class FeedWebhooks:
    """Make messages to subscribers of what the ledger has new."""


@dataclass(frozen=True)
class SendWebhooks:
    """Bring a subscriber what is due."""

    subscriber_id: uuid.UUID


@dataclass(frozen=True)
class TidyWebhooks:
    """Let go of old messages and refused deliveries."""
