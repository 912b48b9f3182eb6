from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.job_ref_out import JobRefOut
    from ..models.video_out import VideoOut


T = TypeVar("T", bound="UploadOut")


@_attrs_define
class UploadOut:
    """What became of an upload. created false: we had the same bytes already.

    Attributes:
        video (VideoOut): A video: what the file is, and how far its analysis has come.
        job (JobRefOut | None):
        created (bool):
    """

    video: VideoOut
    job: JobRefOut | None
    created: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.job_ref_out import JobRefOut  # noqa: PLC0415

        video = self.video.to_dict()

        job: dict[str, Any] | None
        if isinstance(self.job, JobRefOut):
            job = self.job.to_dict()
        else:
            job = self.job

        created = self.created

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "video": video,
                "job": job,
                "created": created,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_ref_out import JobRefOut  # noqa: PLC0415
        from ..models.video_out import VideoOut  # noqa: PLC0415

        d = dict(src_dict)
        video = VideoOut.from_dict(d.pop("video"))

        def _parse_job(data: object) -> JobRefOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                job_type_0 = JobRefOut.from_dict(data)

                return job_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(JobRefOut | None, data)

        job = _parse_job(d.pop("job"))

        created = d.pop("created")

        upload_out = cls(
            video=video,
            job=job,
            created=created,
        )

        upload_out.additional_properties = d
        return upload_out

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
