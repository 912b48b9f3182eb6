from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TimelineVideoOut")


@_attrs_define
class TimelineVideoOut:
    """The video, as far as a player needs it.

    Attributes:
        id (UUID):
        title (str):
        duration_ms (int):
        width_px (int): As shown: after rotation, square pixels.
        height_px (int):
        fps (float): Average frames per second.
        video_codec (str):
        audio_codec (str): Empty: no sound.
        file_url (None | str):
        content_type (str): By the file's name; empty when it says nothing.
    """

    id: UUID
    title: str
    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    video_codec: str
    audio_codec: str
    file_url: None | str
    content_type: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        title = self.title

        duration_ms = self.duration_ms

        width_px = self.width_px

        height_px = self.height_px

        fps = self.fps

        video_codec = self.video_codec

        audio_codec = self.audio_codec

        file_url: None | str
        file_url = self.file_url

        content_type = self.content_type

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "title": title,
                "duration_ms": duration_ms,
                "width_px": width_px,
                "height_px": height_px,
                "fps": fps,
                "video_codec": video_codec,
                "audio_codec": audio_codec,
                "file_url": file_url,
                "content_type": content_type,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        title = d.pop("title")

        duration_ms = d.pop("duration_ms")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        fps = d.pop("fps")

        video_codec = d.pop("video_codec")

        audio_codec = d.pop("audio_codec")

        def _parse_file_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file_url = _parse_file_url(d.pop("file_url"))

        content_type = d.pop("content_type")

        timeline_video_out = cls(
            id=id,
            title=title,
            duration_ms=duration_ms,
            width_px=width_px,
            height_px=height_px,
            fps=fps,
            video_codec=video_codec,
            audio_codec=audio_codec,
            file_url=file_url,
            content_type=content_type,
        )

        timeline_video_out.additional_properties = d
        return timeline_video_out

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
