"""What the ledger remembers of videos, clips and variants."""

from ledger.registry import ERROR, Audited, audit, declare
from media_assets.models import Clip, ClipVariant, VideoAsset, video_correlation

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
declare("video_probed_again", "The facts of a stored video were read again.")
audit(
    Audited(
        model=Clip,
        entity_type="clip",
        created=declare("clip_created", "A clip was found in a video."),
        moved={
            Clip.Status.ARCHIVED: declare("clip_archived", "Somebody put the clip aside."),
            Clip.Status.READY: declare("clip_restored", "Somebody took the clip back in."),
        },
        facts=lambda clip: {
            "video_asset_id": clip.video_asset_id,
            "start_ms": clip.start_ms,
            "end_ms": clip.end_ms,
            "visual_score": round(clip.visual_score, 4),
        },
        clip_id=lambda clip: clip.pk,
        correlation=lambda clip: video_correlation(clip.video_asset_id),
    )
)
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
