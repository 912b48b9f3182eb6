"""The life of a ledger, at random: saves, moves, rollbacks, writers beside, seals, prunings, crashes.

What must hold whatever happens: every committed change has exactly one event, one that was rolled back
has none, the chain verifies, and a reader sees every event exactly once. `LEDGER_LIVES=500` runs more
lives, at random; the suite runs a few, always the same.
"""

import gzip
import json
import os
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaigns.models import CAMPAIGN, Campaign
from ledger.connections import ledger_door
from ledger.hashing import HASHED, row_hash
from ledger.keeping.archives import FOLDER
from ledger.keeping.pruning import prune_ledger
from ledger.models import LedgerArchive, LedgerEvent
from ledger.registry import AUDITED
from ledger.sealing.sealer import seal_events
from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from ledger.watermark import Position, events_after
from tests.ledger.tamper import POSTGRESQL, TABLES, seal_rest, wait_for_the_watermark

LIVES = int(os.environ.get("LEDGER_LIVES", "0"))
MOVED = {str(state): name for state, name in AUDITED[Campaign].moved.items()}
TO = st.sampled_from(sorted(MOVED))
CHANGES = st.lists(st.one_of(st.just("create"), st.just("log"), TO), min_size=1, max_size=3)
BLOCKS = st.recursive(
    st.tuples(st.booleans(), st.lists(CHANGES, min_size=1, max_size=2)),
    lambda inner: st.tuples(st.booleans(), st.lists(st.one_of(CHANGES, inner), max_size=3)),
    max_leaves=4,
)


class Crash(Exception):
    """The process ended here, as it were."""


class RolledBack(Exception):
    """Ends a block."""


def crash_after(steps):
    """A `check` that ends the work at its so-manieth call."""
    left = [steps]

    def check():
        if not left[0]:
            raise Crash
        left[0] -= 1

    return check


class Life(RuleBasedStateMachine):
    """One ledger, from empty to the last look at it."""

    def __init__(self):
        super().__init__()
        empty_everything()
        self.expected = Counter()  # (event type, entity id) of what was committed
        self.states = {}  # id of a campaign → its state, as committed
        self.readers = [(Position(), []), (Position(), [])]
        self.others = []  # (connection, its events), of transactions that are open beside us
        self.logged = 0

    # --- Changes ------------------------------------------------------------------------------

    @rule(changes=CHANGES)
    def change(self, changes):
        """Each in a transaction of its own."""
        for one in changes:
            self._commit(*self._do(one, self.states))

    @rule(block=BLOCKS)
    def change_in_blocks(self, block):
        """Transactions and savepoints, some of which are rolled back."""
        self._commit(*self._run(block, dict(self.states)))

    def _run(self, block, states):
        """(events, states) that are left of the block."""
        commits, parts = block
        before, events = dict(states), Counter()
        try:
            with transaction.atomic():
                for part in parts:
                    if isinstance(part, tuple):
                        found, states = self._run(part, states)
                        events += found
                        continue
                    for one in part:
                        found, states = self._do(one, states)
                        events += found
                if not commits:
                    raise RolledBack
        except RolledBack:
            return Counter(), before
        return events, states

    def _do(self, what, states):
        states = dict(states)
        if what == "create":
            campaign = Campaign.objects.create(name="life", platforms=[])
            states[campaign.pk] = campaign.status
            return Counter({("campaign_created", str(campaign.pk)): 1}), states
        if what == "log":
            self.logged += 1
            log_event("worker_started", entity_id=str(self.logged))
            return Counter({("worker_started", str(self.logged)): 1}), states
        movable = [pk for pk, state in states.items() if what in CAMPAIGN.moves.get(state, ())]
        if not movable:
            return Counter(), states
        campaign = Campaign.objects.get(pk=movable[0])
        CAMPAIGN.move(campaign, what)
        states[campaign.pk] = what
        return Counter({(MOVED[what], str(campaign.pk)): 1}), states

    def _commit(self, events, states):
        self.expected += events
        self.states = states

    # --- Writers beside us: transactions that stay open over other steps, on PostgreSQL ---------

    @precondition(lambda self: POSTGRESQL and len(self.others) < 3)
    @rule(count=st.integers(1, 3))
    def another_writes(self, count):
        other = connection.copy()
        other.connect()
        other.set_autocommit(False)
        events = []
        for _ in range(count):
            self.logged += 1
            event = LedgerEvent(event_type="worker_stopped", entity_id=f"beside {self.logged}")
            event.row_hash = row_hash(event)
            insert_through(other, event)
            events.append(("worker_stopped", event.entity_id))
        self.others.append((other, events))

    @precondition(lambda self: self.others)
    @rule(which=st.integers(0, 2), commits=st.booleans())
    def another_ends(self, which, commits):
        other, events = self.others.pop(which % len(self.others))
        if commits:
            other.commit()
            self.expected += Counter(events)
        else:
            other.rollback()
        other.close()

    # --- Keeping --------------------------------------------------------------------------------

    @rule()
    def seal(self):
        seal_events()

    @rule(steps=st.integers(0, 3))
    def seal_and_crash(self, steps):
        try:
            seal_events(check=crash_after(steps))
        except Crash:
            connection.close()

    @rule(crash=st.one_of(st.none(), st.integers(0, 5)))
    def prune(self, crash):
        """All that is sealed goes. Readers are ahead of retention, as ninety days let them be."""
        self._read_all()
        prune_ledger(days=36_500)  # ends what a crash left; what that writes is to be read too
        self._read_all()
        check = crash_after(crash) if crash is not None else lambda: None
        try:
            prune_ledger(now=timezone.now() + timedelta(minutes=1), days=0, check=check)
        except Crash:
            connection.close()

    @rule(which=st.integers(0, 1))
    def read(self, which):
        self._read_page(which)

    @rule()
    def verify(self):
        found = verify_ledger(with_anchors=False)
        assert found.wrong == 0, found.faults

    def _read_page(self, which):
        position, seen = self.readers[which]
        page, position = events_after(position, limit=3)
        seen += [event.pk for event in page]
        self.readers[which] = (position, seen)
        return page

    def _read_all(self):
        """Up to the watermark; what open transactions hold back cannot be sealed, so not pruned."""
        for which in (0, 1):
            while self._read_page(which):
                pass

    # --- The last look --------------------------------------------------------------------------

    def teardown(self):
        while self.others:
            self.another_ends(0, True)
        seal_rest()
        found = verify_ledger(with_anchors=False)
        assert found.wrong == 0, found.faults
        in_table = list(LedgerEvent.objects.exclude(event_type="ledger_pruned"))
        kept = {event.pk.hex: (event.event_type, event.entity_id) for event in in_table}
        archived = [line for line in archive_lines() if line["event_type"] != "ledger_pruned"]
        kept |= {line["id"].replace("-", ""): (line["event_type"], line["entity_id"]) for line in archived}  # fmt: skip
        assert Counter(kept.values()) == self.expected
        pending = LedgerArchive.objects.filter(removed_at=None).exists()
        assert pending or len(kept) == len(in_table) + len(archived)
        self._read_to_the_end()
        everything = {event["id"].replace("-", "") for event in archive_lines()}
        everything |= {pk.hex for pk in LedgerEvent.objects.values_list("pk", flat=True)}
        for _, seen in self.readers:
            assert len(seen) == len(set(seen))
            assert {pk.hex for pk in seen} == everything
        states = dict(Campaign.objects.values_list("pk", "status"))
        assert states == self.states

    def _read_to_the_end(self):
        wait_for_the_watermark()
        give_up_at = time.monotonic() + 240
        there = set(LedgerEvent.objects.values_list("pk", flat=True))
        while not all(there <= set(seen) for _, seen in self.readers):
            assert time.monotonic() < give_up_at
            self._read_all()


def insert_through(other, event):
    """The event as a row, on another connection."""
    names = [*HASHED, "row_hash"]
    values = [getattr(event, name) for name in names]
    values[names.index("metadata")] = json.dumps(event.metadata)
    columns = ", ".join(f'"{name}"' for name in names)
    with other.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_events ({columns}) VALUES ({', '.join(['%s'] * len(names))})",
            values,
        )


def archive_lines():
    for archive in LedgerArchive.objects.all():
        packed = default_storage.open(archive.name).read()
        yield from map(json.loads, gzip.decompress(packed).splitlines())


def empty_everything():
    with transaction.atomic(), ledger_door(), connection.cursor() as cursor:
        for table in [*TABLES, "ledger_archives", "campaigns"]:
            cursor.execute(f"DELETE FROM {table}")
    for name in default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []:
        default_storage.delete(f"{FOLDER}/{name}")


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_the_ledger_tells_it_once(monkeypatch):
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 4)
    monkeypatch.setattr("ledger.keeping.archives.EVENTS", 5)
    monkeypatch.setattr("ledger.keeping.archives.has_parquet", lambda: False)
    run_state_machine_as_test(
        Life,
        settings=examples(
            max_examples=LIVES or 10,
            stateful_step_count=25,
            derandomize=not LIVES,
            deadline=None,
            database=None,
            phases=[Phase.generate] if not LIVES else list(Phase),  # to shrink takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
