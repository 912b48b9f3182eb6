"""Captions of a video: brought as a file, or heard by the transcriber."""

import hashlib
import logging
import re
import unicodedata
from collections.abc import Sequence

from django.db import transaction

from ledger.context import acting
from media_assets.cues import Cue, parse_captions, write_vtt
from media_assets.errors import FileMissing
from media_assets.ingredients import LANGUAGE, Captions
from media_assets.keeping import keep_bytes
from media_assets.models import VideoAsset, video_correlation
from media_assets.services.ingest import clean_filename
from stakazo.core.errors import InvalidInput

logger = logging.getLogger(__name__)

UNKNOWN_LANGUAGE = "und"  # BCP 47's word for it


def upload_captions(
    video: VideoAsset, data: bytes, *, language: str = "", name: str = "", filename: str = ""
) -> tuple[Captions, bool]:
    """Keep the captions in this SRT or WebVTT file; False: the video had the same already.

    Cues after the end of the video are noted. Raises what `parse_captions` raises, and
    InvalidInput for what is no language.
    """
    parsed = parse_captions(data)
    notes = list(parsed.notes)
    if after := sum(cue.start_ms >= video.duration_ms for cue in parsed.cues):
        notes.append(f"{after} cues begin after the end of the video; they are never shown.")
    filename = clean_filename(filename)
    return _keep(
        video,
        parsed.cues,
        language=checked_language(language),
        name=name or filename.rpartition(".")[0] or filename,
        source=Captions.Source.UPLOADED,
        filename=filename,
        notes=notes,
    )


def keep_transcript(
    video: VideoAsset, cues: Sequence[Cue], *, language: str, name: str
) -> Captions:
    """Keep what the transcriber heard."""
    notes = [] if cues else ["Nothing was heard."]
    kept, _ = _keep(
        video, cues, language=language, name=name, source=Captions.Source.TRANSCRIBED, notes=notes
    )
    return kept


def cues_of(captions: Captions) -> list[Cue]:
    """The stored cues, in time order. Raises FileMissing."""
    stored = captions.file
    try:
        with stored.storage.open(str(stored.name), "rb") as file:
            data = file.read()
    except OSError as error:
        raise FileMissing("The captions are no longer in the storage.", name=stored.name) from error
    return parse_captions(data).cues if captions.cue_count else []


def checked_language(language: str) -> str:
    """A language tag as BCP 47 writes it; `und` for none. Raises InvalidInput."""
    if not language:
        return UNKNOWN_LANGUAGE
    if not LANGUAGE.fullmatch(language):
        raise InvalidInput(
            "A language is two or three letters, and a region where it matters: en, pt-BR.",
            language=language[:40],
        )
    first, *more = language.split("-")
    return "-".join([first.lower(), *(m.upper() if len(m) == 2 else m for m in more)])


def _keep(
    video: VideoAsset,
    cues: Sequence[Cue],
    *,
    language: str,
    name: str,
    source: Captions.Source,
    notes: list[str],
    filename: str = "",
) -> tuple[Captions, bool]:
    vtt = write_vtt(cues).encode()
    sha256 = hashlib.sha256(vtt).hexdigest()
    file = keep_bytes(vtt, f"captions/{sha256[:2]}/{sha256}.vtt")
    with acting(correlation_id=video_correlation(video.pk)), transaction.atomic():
        captions, created = Captions.objects.get_or_create(
            video_asset=video,
            language=language,
            sha256=sha256,
            defaults={
                "name": shown_name(name) or source.label,
                "source": source,
                "original_filename": filename,
                "file": file,
                "cue_count": len(cues),
                "end_ms": max((cue.end_ms for cue in cues), default=0),
                "notes": notes,
            },
        )
    if created:
        logger.info("Captions %s were added", captions.pk, extra={"event": "captions_added"})
    return captions, created


def shown_name(name: str) -> str:
    """A name for people to read: one line, nothing invisible, at most 100 characters."""
    line = re.sub(r"\s+", " ", name).strip()
    return "".join(each for each in line if unicodedata.category(each)[0] != "C")[:100]
