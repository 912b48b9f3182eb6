"""From the ids that a render names to what is composed: rows looked up, checked, and brought near."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from media_assets.analysis.reading import describe
from media_assets.cues import cues_within
from media_assets.errors import UnknownIngredient
from media_assets.files import local_file
from media_assets.models import Captions, Card, Clip, VideoAsset, Watermark
from media_assets.payloads import GenerateVariants
from media_assets.rendering.composition.composition import (
    MOST_CROSSFADE_MS,
    Composition,
    Mark,
)
from media_assets.rendering.composition.openers import MOST_MS, Opener, Still
from media_assets.rendering.composition.subtitles import CaptionStyle
from media_assets.rendering.composition.text import check_text
from media_assets.services.captions import cues_of
from stakazo.core.errors import InvalidInput


@dataclass(frozen=True)
class Ingredients:
    """The rows behind the ids of a render."""

    captions: Captions | None
    watermark: Watermark | None
    intro: VideoAsset | Card | None
    outro: VideoAsset | Card | None


def ingredients_of(clip: Clip, wanted: GenerateVariants) -> Ingredients:
    """Look everything up. Raises UnknownIngredient, TextTooLong, InvalidInput."""
    check_text(wanted.title, wanted.caption)
    CaptionStyle.of(wanted.caption_style)
    if not 0 <= wanted.crossfade_ms <= MOST_CROSSFADE_MS:
        raise InvalidInput(
            f"A crossfade takes 0 to {MOST_CROSSFADE_MS} ms.", most=MOST_CROSSFADE_MS
        )
    captions = watermark = None
    if wanted.captions is not None:
        captions = Captions.objects.filter(
            pk=wanted.captions, video_asset_id=clip.video_asset_id
        ).first() or _unknown("captions", wanted.captions, "The video has no captions of this id.")
    if wanted.watermark is not None:
        watermark = Watermark.objects.filter(pk=wanted.watermark).first() or _unknown(
            "watermark", wanted.watermark, "There is no watermark of this id."
        )
    return Ingredients(
        captions, watermark, _opener("intro", wanted.intro), _opener("outro", wanted.outro)
    )


def refuse_archived(ingredients: Ingredients) -> None:
    """What was put aside is not used anew. Raises UnknownIngredient."""
    for name in ("watermark", "intro", "outro"):
        row = getattr(ingredients, name)
        if isinstance(row, Watermark | Card) and row.status != row.Status.READY:
            _unknown(name, row.pk, f"{row} was put aside; take it back in first.")


def _opener(name: str, pk: uuid.UUID | None) -> VideoAsset | Card | None:
    if pk is None:
        return None
    if card := Card.objects.filter(pk=pk).first():
        return card
    film = VideoAsset.objects.filter(pk=pk).first()
    if film is None:
        return _unknown(name, pk, f"There is no video and no card of this id for the {name}.")
    if film.duration_ms > MOST_MS:
        raise InvalidInput(
            f"{film} lasts {film.duration_ms / 1000:.0f} s; an {name} lasts up to "
            f"{MOST_MS // 1000} s.",
            field=name,
            most_ms=MOST_MS,
        )
    return film


def _unknown(field: str, pk: uuid.UUID, message: str) -> Any:
    raise UnknownIngredient(message, field=field, id=str(pk))


@contextlib.contextmanager
def composition_of(clip: Clip, wanted: GenerateVariants) -> Iterator[Composition]:
    """Everything that is composed, its files under local paths for as long as the block lasts.

    Raises as ingredients_of, and FileMissing.
    """
    found = ingredients_of(clip, wanted)
    with contextlib.ExitStack() as stack:
        yield Composition(
            title=wanted.title,
            caption=wanted.caption,
            cues=tuple(
                cues_within(cues_of(found.captions), clip.start_ms, clip.end_ms)
                if found.captions
                else ()
            ),
            style=CaptionStyle.of(wanted.caption_style),
            mark=_mark(stack, found.watermark) if found.watermark else None,
            intro=_brought(stack, found.intro) if found.intro else None,
            outro=_brought(stack, found.outro) if found.outro else None,
            crossfade_ms=wanted.crossfade_ms if found.intro or found.outro else 0,
        )


def _mark(stack: contextlib.ExitStack, row: Watermark) -> Mark:
    return Mark(
        image=stack.enter_context(local_file(row.image)),
        sha256=row.sha256,
        position=row.position,
        margin=row.margin,
        width_share=row.width_share,
        opacity=row.opacity,
    )


def _brought(stack: contextlib.ExitStack, row: VideoAsset | Card) -> Opener:
    if isinstance(row, VideoAsset):
        path = stack.enter_context(local_file(row.file))
        return Opener(
            duration_ms=row.duration_ms,
            identity={"sha256": row.sha256},
            path=path,
            source=describe(path),
        )
    image = stack.enter_context(local_file(row.image)) if row.image else None
    return Opener(
        duration_ms=row.duration_ms,
        identity={"sha256": row.sha256, "text": row.text, "background": row.background},
        still=Still(image=image, text=row.text, background=row.background),
    )
