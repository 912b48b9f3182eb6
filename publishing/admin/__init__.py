"""Accounts, publications, attempts and webhooks for operators, a file each."""

from publishing.admin.accounts import SocialAccountAdmin
from publishing.admin.attempts import PublishLogAdmin
from publishing.admin.holds import AccountHoldAdmin
from publishing.admin.publications import PublicationAdmin
from publishing.admin.steps import PublishStepAdmin
from publishing.admin.subscribers import OutgoingDeliveryAdmin, WebhookSubscriberAdmin
from publishing.admin.watching import PostFindingAdmin, ReconcileRunAdmin
from publishing.admin.webhooks import RefusedDeliveryAdmin, WebhookDeliveryAdmin, WebsubLeaseAdmin

__all__ = [
    "AccountHoldAdmin",
    "OutgoingDeliveryAdmin",
    "PostFindingAdmin",
    "PublicationAdmin",
    "PublishLogAdmin",
    "PublishStepAdmin",
    "ReconcileRunAdmin",
    "RefusedDeliveryAdmin",
    "SocialAccountAdmin",
    "WebhookDeliveryAdmin",
    "WebhookSubscriberAdmin",
    "WebsubLeaseAdmin",
]
