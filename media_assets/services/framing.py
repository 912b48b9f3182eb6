"""Where to look, said by an operator."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ledger.services import log_event
from media_assets.analysis.focus import checked
from media_assets.models import Clip, video_correlation


def set_focus(clip: Clip, points: Sequence[dict[str, Any]]) -> Clip:
    """Say where to look in shots of a clip; no points: as the analysis found it.

    Points: see `media_assets.analysis.focus.checked`. Files that are rendered from now on follow them;
    those that are there stay as they are. Raises BadFocus.
    """
    with transaction.atomic():
        held = Clip.objects.select_for_update().get(pk=clip.pk)
        focus = checked(points, held.framing or {}, held.duration_ms)
        if focus != held.focus:
            was, held.focus = held.focus, focus
            held.save(update_fields=["focus"])
            log_event(
                "clip_focus_set",
                entity=held,
                clip_id=held.pk,
                correlation_id=video_correlation(held.video_asset_id),
                of_change=True,
                metadata={"was": was, "is": focus},
            )
    clip.focus = focus
    return clip
