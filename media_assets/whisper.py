"""faster-whisper as our transcriber, with a model that lies on this machine. Nothing is downloaded.

The package is not among our dependencies: `pip install faster-whisper`, and set STAKAZO_WHISPER_MODEL to
the folder of a CTranslate2 model.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from media_assets.cues import Cue
from media_assets.errors import NoTranscriber

MOST_LETTERS = 84  # of a cue: two lines of 42, what subtitlers keep to
MOST_MS = 6000
PAUSE_MS = 700  # after so long a silence a new cue begins
_ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True)
class Word:
    """A word as it was heard, with the space before it where it has one."""

    start_ms: int
    end_ms: int
    text: str


def what_is_missing() -> str:
    """Why faster-whisper cannot work here, in a sentence; empty when it can."""
    if find_spec("faster_whisper") is None:
        return "The package faster-whisper is not installed."
    if not settings.WHISPER_MODEL:
        return "STAKAZO_WHISPER_MODEL names no folder of a model."
    if not (Path(settings.WHISPER_MODEL) / "model.bin").is_file():
        return "The folder of STAKAZO_WHISPER_MODEL holds no model.bin."
    return ""


class FasterWhisper:
    """Hears with a local Whisper model on the processor. Raises NoTranscriber where it cannot."""

    def __init__(self) -> None:
        if missing := what_is_missing():
            raise NoTranscriber(missing)
        from faster_whisper import WhisperModel  # optional, and slow to import

        self._model = WhisperModel(
            str(settings.WHISPER_MODEL), device="cpu", compute_type="int8", local_files_only=True
        )

    def transcribe(self, path: Path, language: str) -> Iterator[Cue]:
        """Cues as they are heard."""
        told = None if language == "und" else language.partition("-")[0]
        segments, _ = self._model.transcribe(str(path), language=told, word_timestamps=True)
        for segment in segments:
            words = [
                Word(round(word.start * 1000), round(word.end * 1000), word.word)
                for word in segment.words or ()
            ]
            yield from cues_of_words(words)


def cues_of_words(words: Iterable[Word]) -> Iterator[Cue]:
    """Words in cues that can be read: short ones, that end with a sentence or a pause."""
    held: list[Word] = []
    for word in words:
        if held and _ends_before(held, word):
            yield _cue(held)
            held = []
        held.append(word)
    if held:
        yield _cue(held)


def _ends_before(held: Sequence[Word], word: Word) -> bool:
    letters = sum(len(each.text) for each in held) + len(word.text)
    return (
        letters > MOST_LETTERS
        or word.end_ms - held[0].start_ms > MOST_MS
        or word.start_ms - held[-1].end_ms > PAUSE_MS
        or held[-1].text.rstrip().endswith(_ENDS)
    )


def _cue(held: Sequence[Word]) -> Cue:
    text = "".join(word.text for word in held).strip()
    return Cue(held[0].start_ms, max(held[-1].end_ms, held[0].start_ms + 1), text)
