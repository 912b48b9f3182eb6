"""The spool: bounded, whole after every crash, shared by processes, and asked only what it knows."""

import json
import os
import resource
import signal

import pytest
from django.db import connection, transaction

from campaigns.models import CAMPAIGN, Campaign
from jobs.runner import run_job
from jobs.services import enqueue
from ledger import spool
from ledger.composing import new_event
from ledger.models import LedgerEvent
from ledger.registry import AUDITED
from ledger.replay import replay_spool
from ledger.services import log_event
from ledger.spool import Pending, SpoolFull
from tests.chaos.forking import let_go_of_the_database
from tests.factories import make_campaign
from tests.ledger.faults import address

pytestmark = pytest.mark.django_db(transaction=True)

S = Campaign.Status


def event(n=0, **more):
    return new_event("worker_started", entity_type="worker", entity_id=n, **more)


def move_of(campaign, before, after, event_type):
    return new_event(event_type, entity=campaign, metadata={"from": before, "to": after})


def names():
    """What waits, by entity_id."""
    return [entry.event.entity_id for entry in spool.waiting()]


def replayed():
    replay_spool()
    assert names() == []
    return list(LedgerEvent.objects.order_by("id").values_list("event_type", flat=True))


def path(settings):
    return settings.LEDGER_SPOOL_DIR / spool.FILE_NAME


def test_what_comes_back_is_what_went_in():
    given = event(metadata={"ünï": [1.5, None, {"a": "b\ud7ff"}]}, job_id=event().pk)
    spool.keep(given)
    (entry,) = spool.waiting()
    assert entry.event == given
    assert (entry.event.metadata, entry.event.timestamp) == (given.metadata, given.timestamp)
    replay_spool()
    stored = LedgerEvent.objects.get()
    assert stored.row_hash == given.row_hash
    assert stored.job_id == given.job_id


def test_it_has_a_size_and_says_so(settings, caplog):
    settings.LEDGER_SPOOL_MAX_BYTES = 1_000
    spool.keep(event(1))
    with pytest.raises(SpoolFull):
        spool.keep_all([event(2), event(3)])
    assert names() == ["1"]
    settings.LEDGER_SPOOL_MAX_BYTES = 10
    connection.close()
    there, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], "/no/such/place"
    try:
        assert log_event("worker_started", entity_id="too much") is None
    finally:
        connection.close()
        connection.settings_dict["NAME"] = there
    assert "Event lost" in caplog.text
    assert '"too much"' in caplog.text


def test_a_disk_that_fills_up_in_a_line_leaves_no_half_of_it(settings):
    spool.keep(event(1))
    size = path(settings).stat().st_size
    let_go_of_the_database()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
            try:
                spool.keep(event(2))
            except OSError:
                code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert path(settings).stat().st_size == size
    spool.keep(event(3))
    assert names() == ["1", "3"]


def test_a_torn_line_takes_no_other_with_it_and_is_put_aside(settings):
    spool.keep(event(1))
    with path(settings).open("a") as file:
        file.write('{"id": "01')  # killed while writing
    spool.keep(event(2))
    changed = json.loads(spool.line_of(event(3))) | {"actor": "somebody else"}
    with path(settings).open("a") as file:
        file.write(json.dumps(changed) + "\n")
    assert names() == ["1", "2"]
    assert replay_spool() == 2
    assert path(settings).read_text() == ""
    torn = (settings.LEDGER_SPOOL_DIR / spool.TORN_NAME).read_text().splitlines()
    assert torn[0] == '{"id": "01'
    assert json.loads(torn[1])["entity_id"] == "3"
    assert replay_spool() == 0


def test_many_processes_write_side_by_side_while_one_takes_off():
    let_go_of_the_database()
    children = []
    for child in range(4):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                for n in range(25):
                    spool.keep(event(f"{child}-{n}"))
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    taken = []
    while children:
        done = [entry.event for entry in spool.waiting()]
        spool.remove(each.pk for each in done)
        taken += [each.entity_id for each in done]
        if os.waitpid(children[0], os.WNOHANG)[0]:
            children.pop(0)
    taken += names()
    assert sorted(taken) == sorted(f"{child}-{n}" for child in range(4) for n in range(25))


def test_a_change_of_which_nobody_knows_counts_when_its_row_shows_it():
    with _behind_its_back():
        campaign = make_campaign()
    born = new_event("campaign_created", entity=campaign)
    never = new_event("campaign_created", entity=Campaign(name="rolled back"))
    for each in (born, never):
        spool.keep(each, pending=Pending(of_change=True))
    assert replayed() == ["campaign_created"]
    spool.keep(new_event("campaign_created", entity=campaign), pending=Pending(of_change=True))
    assert replayed() == ["campaign_created"]


def test_moves_of_which_nobody_knows_count_when_they_lead_to_where_the_row_is():
    campaign = make_campaign()
    moves = [
        (S.DRAFT, S.ACTIVE, "campaign_started"),
        (S.ACTIVE, S.PAUSED, "campaign_paused"),
        (S.PAUSED, S.COMPLETED, "campaign_completed"),  # rolled back
    ]
    for move in moves:
        spool.keep(move_of(campaign, *move), pending=Pending(of_change=True))
    with _behind_its_back():
        CAMPAIGN.move(campaign, S.ACTIVE)
        CAMPAIGN.move(campaign, S.PAUSED)
    assert replayed() == ["campaign_created", "campaign_started", "campaign_paused"]


def test_a_move_that_was_rolled_back_and_done_again_later_counts_once():
    campaign = make_campaign()
    first = move_of(campaign, S.DRAFT, S.ACTIVE, "campaign_started")
    CAMPAIGN.move(campaign, S.ACTIVE)
    spool.keep(first, pending=Pending(of_change=True))
    assert replayed() == ["campaign_created", "campaign_started"]


def test_a_move_that_others_went_on_from_counts():
    campaign = make_campaign()
    lost = move_of(campaign, S.DRAFT, S.ACTIVE, "campaign_started")
    with _behind_its_back():
        CAMPAIGN.move(campaign, S.ACTIVE)
    CAMPAIGN.move(campaign, S.PAUSED)
    spool.keep(lost, pending=Pending(of_change=True))
    replay_spool()
    types = LedgerEvent.objects.filter(entity_id=str(campaign.pk)).order_by("id")
    assert list(types.values_list("event_type", flat=True)) == [
        "campaign_created",
        "campaign_started",
        "campaign_paused",
    ]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_transaction_that_is_open_is_waited_for():
    import psycopg

    with psycopg.connect(**address()) as other:
        xid = other.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
        spool.keep(event("fact"), pending=Pending(of_change=False, xid=xid))
        assert replay_spool() == 0
        assert names() == ["fact"]
        other.commit()
        assert replay_spool() == 1
        xid = other.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
        spool.keep(event("taken back"), pending=Pending(of_change=False, xid=xid))
        other.rollback()
    assert replay_spool() == 0
    assert names() == []


def test_a_job_puts_it_into_the_table():
    spool.keep(event(1))
    assert run_job(enqueue("replay_ledger", {}).pk).result == {"replayed": 1}
    assert names() == []


def test_a_dry_run_leaves_it_as_it_is():
    spool.keep(event(1))
    with transaction.atomic():
        assert replay_spool() == 1
        transaction.set_rollback(True)
    assert names() == ["1"]
    assert not LedgerEvent.objects.exists()


class _behind_its_back:
    """What is done within is not recorded, as if the process had died before it could be."""

    def __enter__(self):
        self.known = AUDITED.pop(Campaign)

    def __exit__(self, *exc):
        AUDITED[Campaign] = self.known
