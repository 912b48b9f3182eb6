"""Watermarks and cards: brought in, put aside, taken back."""

import logging
from typing import Any

from django.core.exceptions import ValidationError

from media_assets.ingredients import CARD, WATERMARK, Card, Watermark
from media_assets.keeping import keep_bytes
from media_assets.pictures import read_picture
from media_assets.rendering.composition.text import check_text
from media_assets.services.captions import shown_name
from stakazo.core.errors import InvalidInput

logger = logging.getLogger(__name__)


def add_watermark(data: bytes, *, name: str, **how: Any) -> Watermark:
    """Keep this picture as a watermark. how: position, margin, width_share, opacity.

    Raises what `read_picture` raises, and InvalidInput.
    """
    mark = Watermark(name=shown_name(name) or "Watermark", **how, **_stored(data))
    _checked(mark)
    mark.save(force_insert=True)
    logger.info("Watermark %s was added", mark.pk, extra={"event": "watermark_added"})
    return mark


def add_card(data: bytes | None = None, *, name: str, text: str = "", **how: Any) -> Card:
    """Make a card of a picture, words or both. how: background, duration_ms.

    Raises what `read_picture` raises, TextTooLong, and InvalidInput.
    """
    text = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    check_text(text, "")
    if data is None and not text:
        raise InvalidInput("A card needs a picture, words, or both.")
    card = Card(
        name=shown_name(name) or shown_name(text) or "Card",
        text=text,
        **how,
        **(_stored(data) if data is not None else {"width_px": 0, "height_px": 0}),
    )
    _checked(card)
    card.save(force_insert=True)
    logger.info("Card %s was added", card.pk, extra={"event": "card_added"})
    return card


def archive_graphic(graphic: Watermark | Card, *, why: str = "asked for") -> Watermark | Card:
    """Put it aside. Raises IllegalMove when it is already."""
    if isinstance(graphic, Watermark):
        return WATERMARK.move(graphic, Watermark.Status.ARCHIVED, why=why)
    return CARD.move(graphic, Card.Status.ARCHIVED, why=why)


def restore_graphic(graphic: Watermark | Card, *, why: str = "asked for") -> Watermark | Card:
    """Take it back in. Raises IllegalMove when it never was put aside."""
    if isinstance(graphic, Watermark):
        return WATERMARK.move(graphic, Watermark.Status.READY, why=why)
    return CARD.move(graphic, Card.Status.READY, why=why)


def _stored(data: bytes) -> dict[str, Any]:
    """The columns of a picture, which lies in the storage by its content from now on."""
    picture = read_picture(data)
    return {
        "image": keep_bytes(picture.png, f"graphics/{picture.sha256[:2]}/{picture.sha256}.png"),
        "sha256": picture.sha256,
        "width_px": picture.width_px,
        "height_px": picture.height_px,
    }


def _checked(row: Watermark | Card) -> None:
    """Raises InvalidInput where a number or a choice is not one that the model takes."""
    try:
        row.clean_fields(exclude=["image", "sha256", "text"])
    except ValidationError as error:
        fields = {name: words[0] for name, words in error.message_dict.items()}
        raise InvalidInput(
            " ".join(f"{name}: {words}" for name, words in fields.items()), **fields
        ) from error
