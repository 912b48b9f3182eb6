"""The plug for a transcriber: set up by the settings, heard in a job, kept as captions."""

import wave

import numpy as np
import pytest
from django.core.checks import run_checks

from jobs.runner import run_job
from media_assets.cues import Cue
from media_assets.errors import NoTranscriber
from media_assets.models import Captions
from media_assets.services.captions import cues_of
from media_assets.services.transcribing import request_transcription
from media_assets.whisper import Word, cues_of_words
from stakazo.core.errors import InvalidInput
from tests.events import event_types_of
from tests.factories import make_video
from tests.render_media import make_film_asset, scene, tone, write_film


class Loudness:
    """A transcriber that says when it is loud, to the tenth of a second."""

    def transcribe(self, path, language):
        with wave.open(str(path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        loud = np.abs(sound[: len(sound) // 1600 * 1600].reshape(-1, 1600)).mean(axis=1) > 500
        for tenth in np.flatnonzero(loud):
            if not loud[tenth - 1]:
                yield Cue(int(tenth) * 100, int(tenth) * 100 + 400, f"Loud <in> {language}")
        yield Cue(90_000, 91_000, "After the end")
        yield Cue(0, 100, " ")


def film(folder):
    sound = np.concatenate([tone(1, loud=0), tone(0.5), tone(0.5, loud=0), tone(1)])
    return make_film_asset(write_film(folder / "f.mp4", scene(1, 72), sound=sound))


@pytest.mark.django_db(transaction=True)
def test_a_video_is_heard_by_whatever_the_setting_names(settings, tmp_path):
    settings.TRANSCRIBER = f"{__name__}.Loudness"
    video = film(tmp_path)
    job = request_transcription(video, language="en")
    assert request_transcription(video, language="en").pk == job.pk
    done = run_job(job.pk)
    assert done.status == "completed", done.error
    captions = Captions.objects.get()
    assert done.result["captions_id"] == str(captions.pk)
    assert (captions.source, captions.language, captions.name) == (
        "transcribed",
        "en",
        "Transcribed",
    )
    assert cues_of(captions) == [Cue(1000, 1400, "Loud en"), Cue(2000, 2400, "Loud en")]
    assert event_types_of(captions) == ["captions_added"]
    assert not list(settings.WORK_DIR.glob("transcribe-*"))


@pytest.mark.django_db
def test_without_a_transcriber_it_says_what_is_missing(settings):
    settings.TRANSCRIBER = ""
    with pytest.raises(NoTranscriber, match="STAKAZO_TRANSCRIBER is empty"):
        request_transcription(make_video())
    settings.TRANSCRIBER = "nowhere.Nobody"
    with pytest.raises(NoTranscriber, match="cannot be imported"):
        request_transcription(make_video())
    settings.TRANSCRIBER = "pathlib.Path"
    with pytest.raises(NoTranscriber, match="no method"):
        request_transcription(make_video())


@pytest.mark.django_db
def test_a_silent_video_is_not_heard(settings):
    settings.TRANSCRIBER = f"{__name__}.Loudness"
    with pytest.raises(InvalidInput):
        request_transcription(make_video(audio_codec=""))


def ids_of_checks():
    return [found.id for found in run_checks(tags=["media"])]


@pytest.mark.parametrize("name", ["faster-whisper", "nowhere.Nobody"])
def test_a_transcriber_that_cannot_work_is_found_at_the_start(settings, name):
    settings.TRANSCRIBER, settings.WHISPER_MODEL = name, "/no/such/model"
    assert ids_of_checks() == ["media.E005"]
    with pytest.raises(NoTranscriber):
        request_transcription(None)


def test_a_font_that_is_none_is_found_at_the_start(settings):
    settings.FONTS = [__file__]
    assert ids_of_checks() == ["media.E006"]


def test_words_become_cues_that_can_be_read():
    def words(*texts, gap=0):
        return [Word(n * (300 + gap), n * (300 + gap) + 300, f" {t}") for n, t in enumerate(texts)]

    assert list(cues_of_words(words("Hello", "there.", "Who?"))) == [
        Cue(0, 600, "Hello there."),
        Cue(600, 900, "Who?"),
    ]
    assert len(list(cues_of_words(words("one", "two", gap=800)))) == 2
    long = list(cues_of_words(words(*["word"] * 60)))
    assert all(len(cue.text) <= 84 and cue.end_ms - cue.start_ms <= 6000 for cue in long)
