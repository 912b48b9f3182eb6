"""State machines: only the table's moves, one winner, one event."""

import pytest
from django.db import transaction

from campaigns.models import CAMPAIGN, Campaign
from ledger.machine import MACHINES, IllegalMove, Machine, StaleState
from ledger.models import LedgerEvent
from tests.events import event_types_of
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
C = Campaign.Status


def test_a_legal_move_writes_the_state_its_time_and_one_event():
    campaign = make_campaign()
    CAMPAIGN.move(campaign, C.ACTIVE, why="launch day")
    campaign.refresh_from_db()
    assert campaign.status == C.ACTIVE
    assert campaign.started_at is not None
    assert event_types_of(campaign) == ["campaign_created", "campaign_started"]
    event = LedgerEvent.objects.get(event_type="campaign_started")
    assert event.metadata["from"] == "draft"
    assert event.metadata["to"] == "active"
    assert event.metadata["why"] == "launch day"


def test_a_move_that_is_not_in_the_table_changes_nothing():
    campaign = make_campaign()
    with pytest.raises(IllegalMove) as refused:
        CAMPAIGN.move(campaign, C.COMPLETED)
    assert refused.value.details["possible"] == ["active"]
    campaign.refresh_from_db()
    assert (campaign.status, event_types_of(campaign)) == (C.DRAFT, ["campaign_created"])


def test_of_two_who_saw_the_same_state_one_wins():
    campaign = make_campaign(status=C.ACTIVE)
    other = Campaign.objects.get(pk=campaign.pk)
    CAMPAIGN.move(campaign, C.PAUSED)
    with pytest.raises(StaleState):
        CAMPAIGN.move(other, C.COMPLETED)
    assert event_types_of(campaign) == ["campaign_created", "campaign_paused"]


def test_a_rolled_back_move_leaves_neither_state_nor_event():
    campaign = make_campaign()
    with pytest.raises(RuntimeError), transaction.atomic():
        CAMPAIGN.move(campaign, C.ACTIVE)
        raise RuntimeError
    campaign.refresh_from_db()
    assert (campaign.status, event_types_of(campaign)) == (C.DRAFT, ["campaign_created"])


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda m: m.model.__name__)
def test_every_state_of_the_model_is_in_its_table_with_a_sentence(machine: Machine):
    choices = {str(value) for value, _ in machine.model._meta.get_field(machine.field).choices}
    assert machine.states == choices
    assert all(machine.sentences[state].endswith(".") for state in choices)
