from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.video_status_enum import VideoStatusEnum, check_video_status_enum

T = TypeVar("T", bound="VideoOut")


@_attrs_define
class VideoOut:
    """A video: what the file is, and how far its analysis has come.

    Attributes:
        id (UUID):
        url (str):
        title (str):
        original_filename (str):
        status (VideoStatusEnum): * `uploaded` - Uploaded
            * `validated` - Validated
            * `processing` - Being analysed
            * `ready` - Ready
            * `failed` - Failed
        error (str):
        created_at (datetime.datetime):
        ready_at (datetime.datetime | None):
        sha256 (str):
        size_bytes (int):
        container (str): mp4, mov, mkv, webm, avi
        duration_ms (int):
        width_px (int): As shown: after rotation, square pixels.
        height_px (int):
        fps (float): Average frames per second.
        rotation_deg (int): Clockwise, from the coded picture to the shown one: 0, 90, 180, 270.
        video_codec (str):
        audio_codec (str): Empty: no sound.
        file_url (None | str):
        thumbnail_url (None | str):
        clips_url (str):
    """

    id: UUID
    url: str
    title: str
    original_filename: str
    status: VideoStatusEnum
    error: str
    created_at: datetime.datetime
    ready_at: datetime.datetime | None
    sha256: str
    size_bytes: int
    container: str
    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    rotation_deg: int
    video_codec: str
    audio_codec: str
    file_url: None | str
    thumbnail_url: None | str
    clips_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        title = self.title

        original_filename = self.original_filename

        status: str = self.status

        error = self.error

        created_at = self.created_at.isoformat()

        ready_at: None | str
        if isinstance(self.ready_at, datetime.datetime):
            ready_at = self.ready_at.isoformat()
        else:
            ready_at = self.ready_at

        sha256 = self.sha256

        size_bytes = self.size_bytes

        container = self.container

        duration_ms = self.duration_ms

        width_px = self.width_px

        height_px = self.height_px

        fps = self.fps

        rotation_deg = self.rotation_deg

        video_codec = self.video_codec

        audio_codec = self.audio_codec

        file_url: None | str
        file_url = self.file_url

        thumbnail_url: None | str
        thumbnail_url = self.thumbnail_url

        clips_url = self.clips_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "title": title,
                "original_filename": original_filename,
                "status": status,
                "error": error,
                "created_at": created_at,
                "ready_at": ready_at,
                "sha256": sha256,
                "size_bytes": size_bytes,
                "container": container,
                "duration_ms": duration_ms,
                "width_px": width_px,
                "height_px": height_px,
                "fps": fps,
                "rotation_deg": rotation_deg,
                "video_codec": video_codec,
                "audio_codec": audio_codec,
                "file_url": file_url,
                "thumbnail_url": thumbnail_url,
                "clips_url": clips_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        title = d.pop("title")

        original_filename = d.pop("original_filename")

        status = check_video_status_enum(d.pop("status"))

        error = d.pop("error")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_ready_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ready_at_type_0 = datetime.datetime.fromisoformat(data)

                return ready_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ready_at = _parse_ready_at(d.pop("ready_at"))

        sha256 = d.pop("sha256")

        size_bytes = d.pop("size_bytes")

        container = d.pop("container")

        duration_ms = d.pop("duration_ms")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        fps = d.pop("fps")

        rotation_deg = d.pop("rotation_deg")

        video_codec = d.pop("video_codec")

        audio_codec = d.pop("audio_codec")

        def _parse_file_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file_url = _parse_file_url(d.pop("file_url"))

        def _parse_thumbnail_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        thumbnail_url = _parse_thumbnail_url(d.pop("thumbnail_url"))

        clips_url = d.pop("clips_url")

        video_out = cls(
            id=id,
            url=url,
            title=title,
            original_filename=original_filename,
            status=status,
            error=error,
            created_at=created_at,
            ready_at=ready_at,
            sha256=sha256,
            size_bytes=size_bytes,
            container=container,
            duration_ms=duration_ms,
            width_px=width_px,
            height_px=height_px,
            fps=fps,
            rotation_deg=rotation_deg,
            video_codec=video_codec,
            audio_codec=audio_codec,
            file_url=file_url,
            thumbnail_url=thumbnail_url,
            clips_url=clips_url,
        )

        video_out.additional_properties = d
        return video_out

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
