"""No audited model has a way past the ledger that does not record, or refuse."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from campaigns.models import CAMPAIGN, Campaign, CampaignClip, PlatformRule
from jobs.models import Job, JobQueue
from ledger.coverage import AuditedManager, AuditedRows, PastTheLedger
from ledger.machine import MACHINES, StaleState
from ledger.models import LedgerEvent
from ledger.registry import AUDITED
from media_assets.formats import STANDARD
from media_assets.models import (
    Captions,
    Card,
    Clip,
    ClipVariant,
    FormatRow,
    Upload,
    VideoAsset,
    Watermark,
)
from publishing.models import (
    AccountHold,
    PostFinding,
    Publication,
    PublishLog,
    PublishStep,
    SocialAccount,
)
from publishing.outgoing.models import WebhookSubscriber
from stakazo.alerts.models import Alert
from stakazo.identity.models import ApiKey
from stakazo.reasoning.models import ReasoningRun
from tests.events import event_types_of
from tests.factories import (
    make_account,
    make_campaign,
    make_captions,
    make_clip,
    make_graphic,
    make_publication,
    make_user,
    make_variant,
    make_video,
)
from tests.past_the_ledger import erase

pytestmark = pytest.mark.django_db


def make_rule():
    return PlatformRule.objects.create(platform="instagram", version=77, weights={})


def make_format():
    facts = {name: getattr(STANDARD["vertical_1080x1920"], name) for name in _FORMAT}
    return FormatRow.objects.create(**facts | {"name": "one_more"})


_FORMAT = list(next(iter(STANDARD.values())).__dataclass_fields__)
MAKE = {
    AccountHold: lambda: AccountHold.objects.create(
        social_account=make_account(), why="It broke.", retry_at=timezone.now()
    ),
    Alert: lambda: Alert.objects.create(rule="r", fingerprint="r", title="Look"),
    ApiKey: lambda: ApiKey.objects.create(user=make_user(), name="k", prefix="p", digest="d"),
    Campaign: make_campaign,
    CampaignClip: lambda: CampaignClip.objects.create(
        campaign=make_campaign(), clip=make_clip(), platform="instagram", rule=make_rule(), score=1
    ),
    Captions: make_captions,
    Card: lambda: make_graphic(Card),
    Clip: make_clip,
    ClipVariant: make_variant,
    FormatRow: make_format,
    Job: lambda: Job.objects.create(job_type="test_note", queue="default"),
    JobQueue: lambda: JobQueue.objects.create(name="one_more"),
    PlatformRule: make_rule,
    PostFinding: lambda: PostFinding.objects.create(
        kind="removed", social_account=make_account(), external_post_id="p1", why="It is gone."
    ),
    Publication: make_publication,
    PublishStep: lambda: PublishStep.objects.create(
        publication=make_publication(), kind="first_comment", text="Hello"
    ),
    PublishLog: lambda: PublishLog.objects.create(publication=make_publication()),
    ReasoningRun: lambda: ReasoningRun.objects.create(job_id=uuid.uuid4()),
    SocialAccount: make_account,
    Upload: lambda: Upload.objects.create(
        size_bytes=1, part_bytes=1, place="local", expires_at=timezone.now() + timedelta(days=1)
    ),
    VideoAsset: make_video,
    Watermark: lambda: make_graphic(Watermark),
    WebhookSubscriber: lambda: WebhookSubscriber.objects.create(name="n", url="https://a.example/"),
}
every_audited_model = pytest.mark.parametrize(
    "model", sorted(AUDITED, key=lambda model: model.__name__), ids=lambda model: model.__name__
)


def events_of(row):
    """How many events it has; its key may be taken off it."""
    return LedgerEvent.objects.filter(entity_type=AUDITED[type(row)].entity_type)


@every_audited_model
def test_every_manager_is_the_ledgers(model):
    managers = [*model._meta.managers, model._default_manager, model._base_manager]
    assert all(isinstance(manager, AuditedManager) for manager in managers)
    assert all(isinstance(manager.all(), AuditedRows) for manager in managers)


@every_audited_model
def test_bulk_create_records_each_row(model):
    row = MAKE[model]()
    erase(model.objects.filter(pk=row.pk))
    before = events_of(row).count()
    row._state.adding = True
    model.objects.bulk_create([row])
    assert event_types_of(row) == [AUDITED[model].created] * 2
    assert events_of(row).count() == before + 1
    model.objects.bulk_create([row], ignore_conflicts=True)  # which is there already
    assert events_of(row).count() == before + 1


@every_audited_model
def test_bulk_create_that_may_change_rows_is_refused(model):
    key = model._meta.pk.name
    with pytest.raises(PastTheLedger):
        model.objects.bulk_create(
            [MAKE[model]()], update_conflicts=True, unique_fields=[key], update_fields=[key]
        )


@pytest.mark.parametrize("model", sorted(MACHINES, key=str), ids=lambda model: model.__name__)
def test_a_state_is_only_moved_by_its_machine(model):
    row, field = MAKE[model](), MACHINES[model].field
    other = next(state for state in MACHINES[model].states if state != getattr(row, field))
    events = event_types_of(row)
    with pytest.raises(PastTheLedger):
        model.objects.filter(pk=row.pk).update(**{field: other})
    with pytest.raises(PastTheLedger):
        model._base_manager.update(**{field: other})
    setattr(row, field, other)
    with pytest.raises(PastTheLedger), transaction.atomic():
        model.objects.bulk_update([row], [field])
    for options in ({}, {"update_fields": [field]}):
        with pytest.raises(StaleState):
            row.save(**options)
    row.refresh_from_db()
    assert getattr(row, field) != other
    assert event_types_of(row) == events


@every_audited_model
def test_taking_rows_away_is_recorded_or_refused(model):
    row, deleted = MAKE[model](), AUDITED[model].deleted
    copy = model.objects.get(pk=row.pk)
    for take_away in (row.delete, model.objects.filter(pk=row.pk).delete):
        if not deleted:
            with pytest.raises(PastTheLedger), transaction.atomic():
                take_away()
        else:
            take_away()
    assert model.objects.filter(pk=copy.pk).exists() == (not deleted)
    assert event_types_of(copy) == [AUDITED[model].created, *([deleted] if deleted else [])]


def test_related_managers_have_no_other_way():
    video = make_video()
    make_clip(video)
    with pytest.raises(PastTheLedger):
        video.clips.update(status="archived")
    with pytest.raises(PastTheLedger), transaction.atomic():
        video.clips.all().delete()


def test_many_that_are_taken_away_are_recorded_together():
    jobs = [MAKE[Job]() for _ in range(8)]
    Job.objects.all().delete()
    for job in jobs:
        assert event_types_of(job) == ["job_created", "job_forgotten"]


def test_a_key_that_goes_with_its_owner_is_recorded():
    key = MAKE[ApiKey]()
    get_user_model().objects.filter(pk=key.user_id).delete()
    assert event_types_of(key) == ["api_key_created", "api_key_deleted"]


def test_other_columns_may_be_changed_at_once():
    campaign = make_campaign()
    Campaign.objects.update(name="Autumn")
    campaign.name = "Winter"
    campaign.save()
    CAMPAIGN.move(campaign, Campaign.Status.ACTIVE)
    assert event_types_of(campaign) == ["campaign_created", "campaign_started"]


def test_bulk_create_that_fails_leaves_neither_rows_nor_events(monkeypatch):
    monkeypatch.setattr("ledger.coverage.rows_created.send", _fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        Campaign.objects.bulk_create([Campaign(name="x", platforms=[])])
    assert not Campaign.objects.exists()


def _fail(**more):
    raise RuntimeError("a receiver broke")
