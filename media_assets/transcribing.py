"""The transcriber: a plug for whatever hears words in a recording. None is built in but an adapter.

STAKAZO_TRANSCRIBER names it: `faster-whisper`, or the dotted path of a class without arguments that
has the method below.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from media_assets.cues import Cue
from media_assets.errors import NoTranscriber

KNOWN = {"faster-whisper": "media_assets.whisper.FasterWhisper"}


class Transcriber(Protocol):
    """What a transcriber can do."""

    def transcribe(self, path: Path, language: str) -> Iterable[Cue]:
        """What is said in a recording, in time order; best as it is heard, so that it can be ended.

        path: a WAV file, 16 kHz, mono, 16 bits. language: a BCP 47 tag, `und` where nobody knows. The
        text of a cue may have our markup.
        """


def transcriber() -> Transcriber:
    """The one that the setting names. Raises NoTranscriber, which says what is missing."""
    name = settings.TRANSCRIBER
    if not name:
        raise NoTranscriber("There is no transcriber: the setting STAKAZO_TRANSCRIBER is empty.")
    try:
        made = import_string(KNOWN.get(name, name))()
    except ImportError as error:
        raise NoTranscriber(
            f"STAKAZO_TRANSCRIBER is {name!r}, which cannot be imported: {error}."
        ) from error
    if not callable(getattr(made, "transcribe", None)):
        raise NoTranscriber(f"STAKAZO_TRANSCRIBER is {name!r}, which has no method `transcribe`.")
    found: Transcriber = made
    return found
