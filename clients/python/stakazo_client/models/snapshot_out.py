from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.snapshot_out_alerts import SnapshotOutAlerts
    from ..models.watched_campaigns_out import WatchedCampaignsOut
    from ..models.watched_jobs_out import WatchedJobsOut
    from ..models.watched_ledger_out import WatchedLedgerOut
    from ..models.watched_media_out import WatchedMediaOut
    from ..models.watched_publishing_out import WatchedPublishingOut
    from ..models.watched_workers_out import WatchedWorkersOut


T = TypeVar("T", bound="SnapshotOut")


@_attrs_define
class SnapshotOut:
    """How things stand.

    Attributes:
        taken_at (datetime.datetime):
        mode (str): simulator or live.
        position (str): Where the news after it begins, for `resume`.
        jobs (WatchedJobsOut): All jobs by status, each queue, and what runs now.
        media (WatchedMediaOut): Videos, clips and variants.
        publishing (WatchedPublishingOut): Publications by status, in all and per platform.
        campaigns (WatchedCampaignsOut): Campaigns by status.
        ledger (WatchedLedgerOut): The ledger, in short.
        workers (WatchedWorkersOut): Workers of the last hour, the latest seen first.
        alerts (SnapshotOutAlerts | Unset): Counts: open, unread, by severity.
    """

    taken_at: datetime.datetime
    mode: str
    position: str
    jobs: WatchedJobsOut
    media: WatchedMediaOut
    publishing: WatchedPublishingOut
    campaigns: WatchedCampaignsOut
    ledger: WatchedLedgerOut
    workers: WatchedWorkersOut
    alerts: SnapshotOutAlerts | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        taken_at = self.taken_at.isoformat()

        mode = self.mode

        position = self.position

        jobs = self.jobs.to_dict()

        media = self.media.to_dict()

        publishing = self.publishing.to_dict()

        campaigns = self.campaigns.to_dict()

        ledger = self.ledger.to_dict()

        workers = self.workers.to_dict()

        alerts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.alerts, Unset):
            alerts = self.alerts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "taken_at": taken_at,
                "mode": mode,
                "position": position,
                "jobs": jobs,
                "media": media,
                "publishing": publishing,
                "campaigns": campaigns,
                "ledger": ledger,
                "workers": workers,
            }
        )
        if alerts is not UNSET:
            field_dict["alerts"] = alerts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.snapshot_out_alerts import SnapshotOutAlerts  # noqa: PLC0415
        from ..models.watched_campaigns_out import WatchedCampaignsOut  # noqa: PLC0415
        from ..models.watched_jobs_out import WatchedJobsOut  # noqa: PLC0415
        from ..models.watched_ledger_out import WatchedLedgerOut  # noqa: PLC0415
        from ..models.watched_media_out import WatchedMediaOut  # noqa: PLC0415
        from ..models.watched_publishing_out import WatchedPublishingOut  # noqa: PLC0415
        from ..models.watched_workers_out import WatchedWorkersOut  # noqa: PLC0415

        d = dict(src_dict)
        taken_at = datetime.datetime.fromisoformat(d.pop("taken_at"))

        mode = d.pop("mode")

        position = d.pop("position")

        jobs = WatchedJobsOut.from_dict(d.pop("jobs"))

        media = WatchedMediaOut.from_dict(d.pop("media"))

        publishing = WatchedPublishingOut.from_dict(d.pop("publishing"))

        campaigns = WatchedCampaignsOut.from_dict(d.pop("campaigns"))

        ledger = WatchedLedgerOut.from_dict(d.pop("ledger"))

        workers = WatchedWorkersOut.from_dict(d.pop("workers"))

        _alerts = d.pop("alerts", UNSET)
        alerts: SnapshotOutAlerts | Unset
        if isinstance(_alerts, Unset):
            alerts = UNSET
        else:
            alerts = SnapshotOutAlerts.from_dict(_alerts)

        snapshot_out = cls(
            taken_at=taken_at,
            mode=mode,
            position=position,
            jobs=jobs,
            media=media,
            publishing=publishing,
            campaigns=campaigns,
            ledger=ledger,
            workers=workers,
            alerts=alerts,
        )

        snapshot_out.additional_properties = d
        return snapshot_out

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
