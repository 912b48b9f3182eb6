"""What crash points are tried on: for each handler a scene, by the room it belongs to."""

from tests.chaos.scenes import jobs, ledger, media, publishing, sweeping, watching, webhooks
from tests.chaos.scenes.trial import Trial

_TRIALS = ("note", "file", "call", "flaky", "snooze", "parent", "steps")
SCENES = {
    **{f"trial:{name}": Trial for name in _TRIALS},
    "take_in_upload": media.TakeIn,
    "cut_analysis": media.Cut,
    "cover_clips": media.Cover,
    "transcribe": media.Hear,
    "generate_variants": media.Render,
    "sweep_orphans": sweeping.Orphans,
    "sweep_temporaries": sweeping.Temporaries,
    "sweep_uploads": sweeping.Uploads,
    **{f"publish_clip:{name}": publishing.Publish for name in ("instagram", "tiktok", "youtube")},
    "finish_post": publishing.Finish,
    "audit_posts": publishing.Audit,
    "handle_webhook": publishing.Hint,
    "reconcile_publications": publishing.Reconcile,
    "collect_metrics": publishing.Metrics,
    "collect_at_ages": publishing.Ages,
    "follow_channels": publishing.Follow,
    "renew_tokens": publishing.Renew,
    "feed_webhooks": webhooks.Feed,
    "send_webhooks": webhooks.Send,
    "tidy_webhooks": webhooks.Tidy,
    **{f"act_on_jobs:{name}": jobs.Many for name in ("retry", "cancel")},
    "prune_jobs": jobs.Prune,
    "seal_ledger": ledger.Seal,
    "roll_up_ledger": ledger.RollUp,
    "prune_ledger": ledger.Prune,
    "verify_ledger": ledger.Verify,
    "replay_ledger": ledger.Replay,
    "make_ledger_weeks": ledger.Weeks,
    "evaluate_alerts": watching.Alerts,
    "record_telemetry": watching.Gauges,
    "ai_reasoning": watching.Reasoning,
}
# Not among `all`: a handler that does it wrong, to see that it is found out.
CARELESS = {"careless": Trial}
