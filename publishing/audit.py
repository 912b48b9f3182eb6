"""What the ledger remembers of accounts, publications and attempts."""

from ledger.flows import on_its_way
from ledger.registry import ERROR, WARN, Audited, audit, declare
from media_assets.models import video_correlation
from publishing.models import Publication, PublishLog, SocialAccount

A, P, L = SocialAccount.Status, Publication.Status, PublishLog.Status


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
declare("publish_reconciled", "A publication whose outcome nobody told us was settled.")
declare("webhook_received", "A platform told us something, and its signature holds.")
declare("publication_rescheduled", "It will be posted at another time.")
declare("account_plan_changed", "Somebody changed when posts of an account go out.")
declare("publication_approved", "Somebody said yes to what it says.")
declare("publication_approval_withdrawn", "That yes does not hold any more.")
declare("publication_edited", "Somebody changed what it says.")
declare("publication_repeat_allowed", "Somebody lets it repeat an earlier post.")
declare("account_token_refreshed", "The platform gave us a new token.")
declare("webhook_refused", "A delivery with a wrong signature was refused.", WARN)
on_its_way("publication_started", "publication_outcome_unknown", "publish_attempt_sent")
