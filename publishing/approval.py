"""What an approval is bound to. Pure, but for the setting."""

import hashlib
import json

from django.conf import settings

from publishing.models import AccountPlan, Publication
from publishing.plan_models import ApprovalMode as Mode

MEANING = {
    Mode.OFF: "Posts need no approval.",
    Mode.ONE: "Somebody who may approve must say yes.",
    Mode.SECOND: "Somebody who may approve and has not written any of it must say yes.",
}


def mode_of(plan: AccountPlan) -> Mode:
    """What the account asks for; where it says nothing, the setting."""
    return Mode(plan.approval or settings.PUBLISHING_APPROVAL)


def content_hash(publication: Publication) -> str:
    """SHA-256 over what goes out and where to: the file's bytes, the words, the options, the account.

    Not over the time: a post that was approved may be moved.
    """
    account = publication.social_account
    parts = [
        1,  # of this list; a later one makes other hashes
        publication.clip_variant.sha256,
        publication.title,
        publication.caption,
        publication.privacy,
        publication.options,
        [str(account.pk), account.platform, account.mode, account.external_id],
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
