from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.avoid_out import AvoidOut
    from ..models.filmstrip_out import FilmstripOut
    from ..models.frames_out import FramesOut
    from ..models.limits_out import LimitsOut
    from ..models.shot_out import ShotOut
    from ..models.timeline_alternative_out import TimelineAlternativeOut
    from ..models.timeline_clip_out import TimelineClipOut
    from ..models.timeline_out_curves import TimelineOutCurves
    from ..models.timeline_video_out import TimelineVideoOut
    from ..models.transition_out import TransitionOut
    from ..models.waveform_out import WaveformOut


T = TypeVar("T", bound="TimelineOut")


@_attrs_define
class TimelineOut:
    """All that helps to set marks by hand. Every time counts from the start of the file.

    Attributes:
        video (TimelineVideoOut): The video, as far as a player needs it.
        limits (LimitsOut): A clip outside of shortest and longest is refused; outside of the usual range it is unusual.
        end_ms (int): When the last frame is over.
        frames (FramesOut): When each frame is shown, exact to the millisecond, in one of two forms.

            With `rate` [n, d], frame k is shown at floor(first_us / 1000 + k * 1000 * d / n + 0.5). With
            `gaps_ms`, each frame is shown so long after the one before, the first so long after 0.
        shots (list[ShotOut]):
        transitions (list[TransitionOut]):
        beats_ms (list[int]):
        tempo_bpm (float): 0: no pulse.
        onsets_ms (list[int]):
        pauses_ms (list[list[int]]): Pairs of start and end in which nothing is said or heard.
        waveform (WaveformOut): Loudness, 0 to 100, one value per step; none where there is no sound.
        curves (TimelineOutCurves): step_ms, and by name values from 0 to 1.
        avoid (list[AvoidOut]):
        clips (list[TimelineClipOut]):
        alternatives (list[TimelineAlternativeOut]):
        filmstrip (FilmstripOut | None):
    """

    video: TimelineVideoOut
    limits: LimitsOut
    end_ms: int
    frames: FramesOut
    shots: list[ShotOut]
    transitions: list[TransitionOut]
    beats_ms: list[int]
    tempo_bpm: float
    onsets_ms: list[int]
    pauses_ms: list[list[int]]
    waveform: WaveformOut
    curves: TimelineOutCurves
    avoid: list[AvoidOut]
    clips: list[TimelineClipOut]
    alternatives: list[TimelineAlternativeOut]
    filmstrip: FilmstripOut | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.filmstrip_out import FilmstripOut  # noqa: PLC0415

        video = self.video.to_dict()

        limits = self.limits.to_dict()

        end_ms = self.end_ms

        frames = self.frames.to_dict()

        shots = []
        for shots_item_data in self.shots:
            shots_item = shots_item_data.to_dict()
            shots.append(shots_item)

        transitions = []
        for transitions_item_data in self.transitions:
            transitions_item = transitions_item_data.to_dict()
            transitions.append(transitions_item)

        beats_ms = self.beats_ms

        tempo_bpm = self.tempo_bpm

        onsets_ms = self.onsets_ms

        pauses_ms = []
        for pauses_ms_item_data in self.pauses_ms:
            pauses_ms_item = pauses_ms_item_data

            pauses_ms.append(pauses_ms_item)

        waveform = self.waveform.to_dict()

        curves = self.curves.to_dict()

        avoid = []
        for avoid_item_data in self.avoid:
            avoid_item = avoid_item_data.to_dict()
            avoid.append(avoid_item)

        clips = []
        for clips_item_data in self.clips:
            clips_item = clips_item_data.to_dict()
            clips.append(clips_item)

        alternatives = []
        for alternatives_item_data in self.alternatives:
            alternatives_item = alternatives_item_data.to_dict()
            alternatives.append(alternatives_item)

        filmstrip: dict[str, Any] | None
        if isinstance(self.filmstrip, FilmstripOut):
            filmstrip = self.filmstrip.to_dict()
        else:
            filmstrip = self.filmstrip

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "video": video,
                "limits": limits,
                "end_ms": end_ms,
                "frames": frames,
                "shots": shots,
                "transitions": transitions,
                "beats_ms": beats_ms,
                "tempo_bpm": tempo_bpm,
                "onsets_ms": onsets_ms,
                "pauses_ms": pauses_ms,
                "waveform": waveform,
                "curves": curves,
                "avoid": avoid,
                "clips": clips,
                "alternatives": alternatives,
                "filmstrip": filmstrip,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.avoid_out import AvoidOut  # noqa: PLC0415
        from ..models.filmstrip_out import FilmstripOut  # noqa: PLC0415
        from ..models.frames_out import FramesOut  # noqa: PLC0415
        from ..models.limits_out import LimitsOut  # noqa: PLC0415
        from ..models.shot_out import ShotOut  # noqa: PLC0415
        from ..models.timeline_alternative_out import TimelineAlternativeOut  # noqa: PLC0415
        from ..models.timeline_clip_out import TimelineClipOut  # noqa: PLC0415
        from ..models.timeline_out_curves import TimelineOutCurves  # noqa: PLC0415
        from ..models.timeline_video_out import TimelineVideoOut  # noqa: PLC0415
        from ..models.transition_out import TransitionOut  # noqa: PLC0415
        from ..models.waveform_out import WaveformOut  # noqa: PLC0415

        d = dict(src_dict)
        video = TimelineVideoOut.from_dict(d.pop("video"))

        limits = LimitsOut.from_dict(d.pop("limits"))

        end_ms = d.pop("end_ms")

        frames = FramesOut.from_dict(d.pop("frames"))

        shots = []
        _shots = d.pop("shots")
        for shots_item_data in _shots:
            shots_item = ShotOut.from_dict(shots_item_data)

            shots.append(shots_item)

        transitions = []
        _transitions = d.pop("transitions")
        for transitions_item_data in _transitions:
            transitions_item = TransitionOut.from_dict(transitions_item_data)

            transitions.append(transitions_item)

        beats_ms = cast(list[int], d.pop("beats_ms"))

        tempo_bpm = d.pop("tempo_bpm")

        onsets_ms = cast(list[int], d.pop("onsets_ms"))

        pauses_ms = []
        _pauses_ms = d.pop("pauses_ms")
        for pauses_ms_item_data in _pauses_ms:
            pauses_ms_item = cast(list[int], pauses_ms_item_data)

            pauses_ms.append(pauses_ms_item)

        waveform = WaveformOut.from_dict(d.pop("waveform"))

        curves = TimelineOutCurves.from_dict(d.pop("curves"))

        avoid = []
        _avoid = d.pop("avoid")
        for avoid_item_data in _avoid:
            avoid_item = AvoidOut.from_dict(avoid_item_data)

            avoid.append(avoid_item)

        clips = []
        _clips = d.pop("clips")
        for clips_item_data in _clips:
            clips_item = TimelineClipOut.from_dict(clips_item_data)

            clips.append(clips_item)

        alternatives = []
        _alternatives = d.pop("alternatives")
        for alternatives_item_data in _alternatives:
            alternatives_item = TimelineAlternativeOut.from_dict(alternatives_item_data)

            alternatives.append(alternatives_item)

        def _parse_filmstrip(data: object) -> FilmstripOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                filmstrip_type_0 = FilmstripOut.from_dict(data)

                return filmstrip_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FilmstripOut | None, data)

        filmstrip = _parse_filmstrip(d.pop("filmstrip"))

        timeline_out = cls(
            video=video,
            limits=limits,
            end_ms=end_ms,
            frames=frames,
            shots=shots,
            transitions=transitions,
            beats_ms=beats_ms,
            tempo_bpm=tempo_bpm,
            onsets_ms=onsets_ms,
            pauses_ms=pauses_ms,
            waveform=waveform,
            curves=curves,
            avoid=avoid,
            clips=clips,
            alternatives=alternatives,
            filmstrip=filmstrip,
        )

        timeline_out.additional_properties = d
        return timeline_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
