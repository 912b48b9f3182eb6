"""What the ledger remembers of accounts, publications and attempts."""

from ledger.flows import on_its_way
from ledger.registry import ERROR, WARN, Audited, audit, declare
from media_assets.models import video_correlation
from publishing.models import (
    AccountHold,
    PostFinding,
    Publication,
    PublishLog,
    PublishStep,
    SocialAccount,
)
from publishing.outgoing.models import WebhookSubscriber

A, P, L = SocialAccount.Status, Publication.Status, PublishLog.Status
H = AccountHold.Status
S, F = PublishStep.Status, PostFinding.Status


def _road(publication: Publication) -> str:
    return video_correlation(publication.clip_variant.clip.video_asset_id)


audit(
    Audited(
        model=SocialAccount,
        entity_type="social_account",
        created=declare("account_connected", "An account was connected."),
        moved={
            A.CONNECTED: declare("account_reconnected", "An account works again."),
            A.EXPIRED: declare("account_expired", "The platform refuses our token.", ERROR),
            A.DISCONNECTED: declare("account_disconnected", "Somebody took it out.", WARN),
        },
        facts=lambda account: {"platform": account.platform, "mode": account.mode},
    )
)
audit(
    Audited(
        model=AccountHold,
        entity_type="account_hold",
        created=declare("account_held", "Too much went wrong on an account; its posts wait.", WARN),
        moved={
            H.TRYING: declare("account_hold_tried", "One post tries whether it works again."),
            H.HELD: declare("account_held_again", "It did not work; its posts wait longer.", WARN),
            H.OVER: declare("account_hold_ended", "Posts go out again on the account."),
        },
        facts=lambda hold: {
            "account_id": hold.social_account_id,
            "retry_at": hold.retry_at,
            "times": hold.times,
        },
    )
)
audit(
    Audited(
        model=Publication,
        entity_type="publication",
        created=declare("publication_created", "Somebody wants this posted."),
        moved={
            P.AWAITING: declare("publication_awaiting", "It waits for somebody's approval."),
            P.SCHEDULED: declare("publication_scheduled", "It will be posted at its time."),
            P.MISSED: declare(
                "publication_missed", "Its time passed while nothing ran; it asks.", WARN
            ),
            P.PUBLISHING: declare("publication_started", "It is on its way to the platform."),
            P.UNKNOWN: declare(
                "publication_outcome_unknown", "The platform may have it; we ask.", WARN
            ),
            P.DELIVERED: declare(
                "publication_delivered", "It waits in the creator's inbox; it is not live."
            ),
            P.PUBLISHED: declare("clip_published", "The clip is live on a platform."),
            P.FAILED: declare("publication_failed", "It is not posted, proven.", ERROR),
            P.CANCELLED: declare("publication_cancelled", "Taken back before it was sent."),
        },
        facts=lambda publication: {
            "platform": publication.social_account.platform,
            "external_post_id": publication.external_post_id,
            "url": publication.external_url,
        },
        clip_id=lambda publication: publication.clip_variant.clip_id,
        correlation=_road,
    )
)
audit(
    Audited(
        model=PublishLog,
        entity_type="publish_log",
        created=declare("publish_attempt_created", "An attempt to post began."),
        moved={
            L.PROCESSING: declare("publish_attempt_sent", "The platform was given something."),
            L.RETRY: declare("publish_attempt_retried", "A step failed without posting.", WARN),
            L.SUCCESS: declare("publish_attempt_succeeded", "The platform shows the post."),
            L.FAILED: declare("publish_attempt_failed", "Proven not to be posted.", ERROR),
        },
        facts=lambda log: {"publication_id": log.publication_id, "phase": log.phase},
        clip_id=lambda log: log.publication.clip_variant.clip_id,
        correlation=lambda log: _road(log.publication),
    )
)
audit(
    Audited(
        model=PublishStep,
        entity_type="publish_step",
        created=declare("publish_step_created", "Something is to be done to a live post."),
        moved={
            S.WAITING: declare("publish_step_again", "It was not done; it is tried again."),
            S.SENDING: declare("publish_step_sent", "The platform is told to do it."),
            S.UNKNOWN: declare(
                "publish_step_outcome_unknown", "The platform may have done it; we ask.", WARN
            ),
            S.DONE: declare("publish_step_done", "It is done to the live post."),
            S.FAILED: declare("publish_step_failed", "It is not done; the post is live.", ERROR),
            S.DROPPED: declare("publish_step_dropped", "Somebody does not want it any more."),
        },
        facts=lambda step: {
            "publication_id": step.publication_id,
            "kind": step.kind,
            "sends": step.sends,
        },
        clip_id=lambda step: step.publication.clip_variant.clip_id,
        correlation=lambda step: _road(step.publication),
    )
)
audit(
    Audited(
        model=PostFinding,
        entity_type="post_finding",
        created=declare(
            "post_finding_opened", "A platform lists other posts than our records do.", WARN
        ),
        moved={
            F.RESOLVED: declare("post_finding_resolved", "Records and platform agree again."),
            F.DISMISSED: declare("post_finding_dismissed", "Somebody looked; it may be so."),
        },
        facts=lambda finding: {
            "kind": finding.kind,
            "account_id": finding.social_account_id,
            "publication_id": finding.publication_id or "",
            "external_post_id": finding.external_post_id,
        },
    )
)
declare("publication_settled", "A person settled what became of a post, with evidence.")
declare("publish_reconciled", "A publication whose outcome nobody told us was settled.")
declare("webhook_received", "A platform told us something, and its signature holds.")
declare("publication_rescheduled", "It will be posted at another time.")
declare("account_plan_changed", "Somebody changed when posts of an account go out.")
declare("publication_approved", "Somebody said yes to what it says.")
declare("publication_approval_withdrawn", "That yes does not hold any more.")
declare("publication_edited", "Somebody changed what it says.")
declare("publication_repeat_allowed", "Somebody lets it repeat an earlier post.")
declare("account_token_refreshed", "The platform gave us a new token.")
declare("account_token_ending", "An account will need connecting again soon.", WARN)
declare("platform_app_refused", "A platform does not take our app's id or secret.", ERROR)
declare("webhook_refused", "A delivery was refused: its signature or its body is wrong.", WARN)
on_its_way("publication_started", "publication_outcome_unknown", "publish_attempt_sent")
W = WebhookSubscriber.Status
audit(
    Audited(
        model=WebhookSubscriber,
        entity_type="webhook_subscriber",
        created=declare("webhook_subscriber_added", "An address outside is told of events."),
        moved={
            W.ACTIVE: declare("webhook_subscriber_enabled", "A subscriber is told again."),
            W.DISABLED: declare(
                "webhook_subscriber_disabled", "A subscriber is told nothing more.", WARN
            ),
        },
        facts=lambda subscriber: {"name": subscriber.name, "url": subscriber.url},
    )
)
declare("webhook_subscriber_changed", "What a subscriber is told, or where, was changed.")
declare("webhook_secret_rotated", "A subscriber was given a new secret.")
declare("webhook_replay_asked", "Messages to a subscriber are to be sent again.")
declare("webhook_delivery_failed", "A subscriber did not take a message in any try.", WARN)
declare("webhook_reprocess_asked", "A delivery of a platform is to be looked at again.")
declare("channel_followed", "YouTube's hub agreed to tell us of a channel, for some days.")
