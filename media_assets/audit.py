"""What the ledger remembers of videos, clips and variants."""

from ledger.flows import on_its_way
from ledger.registry import ERROR, TELEMETRY, WARN, Audited, audit, declare
from media_assets.models import (
    Captions,
    Card,
    Clip,
    ClipVariant,
    FormatRow,
    Upload,
    VideoAsset,
    Watermark,
    video_correlation,
)

V = VideoAsset.Status
audit(
    Audited(
        model=VideoAsset,
        entity_type="video_asset",
        created=declare("video_uploaded", "A video arrived whole."),
        moved={
            V.VALIDATED: declare("video_validated", "The file is a video that we can read."),
            V.PROCESSING: declare("video_processing_started", "The search for clips began."),
            V.READY: declare("video_processing_completed", "The clips of the video are there."),
            V.FAILED: declare("video_processing_failed", "The video has no clips.", ERROR),
        },
        facts=lambda video: {
            "title": video.title,
            "sha256": video.sha256,
            "duration_ms": video.duration_ms,
            **({"error": video.error} if video.error else {}),
        },
        correlation=lambda video: video.correlation_id,
    )
)
declare("video_probed_again", "The facts of a stored video were read again.", event_class=TELEMETRY)
declare("clip_focus_set", "An operator said where to look in shots of a clip, or took it back.")
declare("clip_adjusted", "An operator moved a clip's marks: another clip stands for the new span.")
declare("clip_kept", "An operator wants a span that was there: no new analysis puts it aside.")
audit(
    Audited(
        model=Clip,
        entity_type="clip",
        created=declare("clip_created", "A clip was found in a video, or cut by hand."),
        moved={
            Clip.Status.ARCHIVED: declare("clip_archived", "Somebody put the clip aside."),
            Clip.Status.READY: declare("clip_restored", "Somebody took the clip back in."),
        },
        facts=lambda clip: {
            "video_asset_id": clip.video_asset_id,
            "start_ms": clip.start_ms,
            "end_ms": clip.end_ms,
            "visual_score": round(clip.visual_score, 4),
            "made_by": clip.made_by,
        },
        clip_id=lambda clip: clip.pk,
        correlation=lambda clip: video_correlation(clip.video_asset_id),
    )
)
declare("clips_rechosen", "Clips were chosen again from what the analysis saw.")
declare("alternative_taken", "Somebody made a clip of a span that was not chosen.")
audit(
    Audited(
        model=ClipVariant,
        entity_type="clip_variant",
        created=declare("clip_variant_generated", "A file of the clip was rendered and checked."),
        facts=lambda variant: {
            "format": variant.format,
            "sha256": variant.sha256,
            "size_bytes": variant.size_bytes,
        },
        clip_id=lambda variant: variant.clip_id,
        correlation=lambda variant: video_correlation(variant.clip.video_asset_id),
    )
)
audit(
    Audited(
        model=FormatRow,
        entity_type="render_format",
        created=declare("render_format_added", "A format that clips can be rendered in came in."),
        moved={
            FormatRow.Status.RETIRED: declare("render_format_retired", "A format was retired."),
            FormatRow.Status.ACTIVE: declare("render_format_restored", "A format is in use again."),
        },
        facts=lambda row: {"name": row.name, "width_px": row.width_px, "height_px": row.height_px},
    )
)
declare("render_format_changed", "The limits of a format were changed.")
audit(
    Audited(
        model=Captions,
        entity_type="captions",
        created=declare("captions_added", "Captions of a video were uploaded or transcribed."),
        facts=lambda captions: {
            "video_asset_id": captions.video_asset_id,
            "name": captions.name,
            "language": captions.language,
            "source": captions.source,
            "cue_count": captions.cue_count,
            "sha256": captions.sha256,
        },
        correlation=lambda captions: video_correlation(captions.video_asset_id),
    )
)
audit(
    Audited(
        model=Watermark,
        entity_type="watermark",
        created=declare("watermark_added", "A mark for the corner of the picture was uploaded."),
        moved={
            Watermark.Status.ARCHIVED: declare(
                "watermark_archived", "Somebody put the watermark aside."
            ),
            Watermark.Status.READY: declare(
                "watermark_restored", "Somebody took the watermark back in."
            ),
        },
        facts=lambda mark: {"name": mark.name, "sha256": mark.sha256},
    )
)
audit(
    Audited(
        model=Card,
        entity_type="card",
        created=declare("card_added", "A card for before or after clips was made."),
        moved={
            Card.Status.ARCHIVED: declare("card_archived", "Somebody put the card aside."),
            Card.Status.READY: declare("card_restored", "Somebody took the card back in."),
        },
        facts=lambda card: {"name": card.name, "sha256": card.sha256},
    )
)
U = Upload.Status
audit(
    Audited(
        model=Upload,
        entity_type="upload",
        created=declare("upload_started", "A program began to send a video in parts."),
        moved={
            U.CHECKING: declare("upload_sent", "All parts of an upload are here."),
            U.DONE: declare("upload_completed", "The video of an upload is in."),
            U.REFUSED: declare("upload_refused", "What was sent is not a video for us.", WARN),
            U.ABORTED: declare("upload_aborted", "Somebody called an upload off."),
            U.EXPIRED: declare("upload_expired", "An upload was not finished in time.", WARN),
        },
        facts=lambda upload: {
            "filename": upload.filename,
            "size_bytes": upload.size_bytes,
            **({"video_asset_id": upload.video_id} if upload.video_id else {}),
            **({"error_code": upload.error_code} if upload.error_code else {}),
        },
        correlation=lambda upload: str(upload.pk),
    )
)
declare("media_orphans_found", "Stored files that no row knows are about to go.", WARN)
declare("media_orphans_removed", "Stored files that no row knows were taken away.", WARN)
on_its_way("video_uploaded", "video_processing_started", "upload_sent")
