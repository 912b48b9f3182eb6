"""Killed at every step of recording, spooling and replaying: nothing is lost, nothing is doubled.

Each scene is played in a forked process that ends with os._exit at its nth statement, commit or file
step, for every n; then whoever comes later replays the spool, twice, and the scene says what must hold.
"""

import os
from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction

from campaigns.models import CAMPAIGN, Campaign
from ledger import buffer as buffers
from ledger import spool
from ledger.buffer import Buffer
from ledger.composing import new_event
from ledger.connections import ledger_door
from ledger.models import LedgerEvent
from ledger.replay import replay_spool
from ledger.services import log_event
from tests.chaos.everywhere import CRASHED, Steps
from tests.chaos.forking import let_go_of_the_database
from tests.past_the_ledger import erase

pytestmark = pytest.mark.django_db(transaction=True)

S = Campaign.Status


def refuse(execute, sql, params, many, context):
    """What a database says that takes no events, but everything else."""
    if "ledger_record" in sql or sql.startswith(
        ('INSERT INTO "ledger_events"', "COPY ledger_events")
    ):
        raise OperationalError("no room for events (test)")
    return execute(sql, params, many, context)


class Scene:
    """What is done, and what must hold of it afterwards, wherever it was cut off."""

    def __init__(self, folder):
        self.returned = folder / "returned"

    def prepare(self):
        """Before the fork."""

    def types(self):
        """How many events of each type there are."""
        return Counter(LedgerEvent.objects.values_list("event_type", flat=True))


class ACreationAndAMove(Scene):
    def play(self):
        with transaction.atomic():
            campaign = Campaign.objects.create(name="cut off", platforms=[])
            CAMPAIGN.move(campaign, S.ACTIVE)

    def holds(self):
        there = Campaign.objects.exists()
        return self.types() == (
            Counter(campaign_created=1, campaign_started=1) if there else Counter()
        )


class ACreationOutsideOfATransaction(Scene):
    def play(self):
        Campaign.objects.create(name="cut off", platforms=[])

    def holds(self):
        return self.types() == Counter(campaign_created=Campaign.objects.count())


class ManyAtOnce(Scene):
    def play(self):
        Campaign.objects.bulk_create(Campaign(name=str(n), platforms=[]) for n in range(6))

    def holds(self):
        return self.types() == Counter(campaign_created=Campaign.objects.count())


class ACreationWithoutRoomForItsEvents(ACreationAndAMove):
    def play(self):
        with connection.execute_wrapper(refuse):
            super().play()


class MovesWithoutRoomForTheirEvents(Scene):
    def prepare(self):
        Campaign.objects.create(name="there before", platforms=[])

    def play(self):
        with connection.execute_wrapper(refuse):
            campaign = Campaign.objects.get()
            with transaction.atomic():
                CAMPAIGN.move(campaign, S.ACTIVE)
                CAMPAIGN.move(campaign, S.PAUSED)
            CAMPAIGN.move(campaign, S.ACTIVE)

    def holds(self):
        moves = {
            S.DRAFT: Counter(),
            S.PAUSED: Counter(campaign_started=1, campaign_paused=1),
            S.ACTIVE: Counter(campaign_started=2, campaign_paused=1),
        }[Campaign.objects.get().status]
        return self.types() == Counter(campaign_created=1) + moves


class ARefusedEventByItself(Scene):
    def play(self):
        with connection.execute_wrapper(refuse):
            log_event("worker_started", entity_id="w1")
        self.returned.touch()

    def holds(self):
        found = self.types()["worker_started"]
        return found == 1 if self.returned.exists() else found <= 1


class AReplay(Scene):
    def prepare(self):
        spool.keep_all([new_event("worker_started", entity_id=n) for n in range(3)])
        with connection.execute_wrapper(refuse):
            Campaign.objects.create(name="settled", platforms=[])
        late = new_event(
            "campaign_created", entity_type="campaign", entity_id=Campaign(name="x").pk
        )
        spool.keep(late, pending=spool.Pending(of_change=True))  # rolled back, long ago

    def play(self):
        replay_spool()

    def holds(self):
        return self.types() == Counter(worker_started=3, campaign_created=1)


class AFlush(Scene):
    """A kill may lose what is buffered; it never doubles it."""

    def play(self):
        buffer = Buffer()
        for number in range(6):
            buffer._waiting.append(new_event("jobs_late", entity_id=number))
        buffer.flush()
        self.returned.touch()

    def holds(self):
        found = self.types()["jobs_late"]
        return found == 6 if self.returned.exists() else found in (0, 6)


class AFlushThatIsRefused(AFlush):
    def play(self):
        def refuse_all(events):
            raise OperationalError("no room for events (test)")

        buffers.insert_new = refuse_all  # for this process, which ends
        super().play()


def forked(do):
    """Do it in a process of its own; its exit code."""
    let_go_of_the_database()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            do()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize(
    "kind",
    [
        ACreationAndAMove,
        ACreationOutsideOfATransaction,
        ManyAtOnce,
        ACreationWithoutRoomForItsEvents,
        MovesWithoutRoomForTheirEvents,
        ARefusedEventByItself,
        AReplay,
        AFlush,
        AFlushThatIsRefused,
    ],
)
def test_killed_at_any_step_nothing_is_lost_and_nothing_doubled(kind, tmp_path, settings):
    settings.LEDGER_SPOOL_DIR = tmp_path / "spool"
    # Between the end of one step and the beginning of the next nothing happens: where connections are
    # dear, every other one will do.
    stride = 2 if connection.vendor == "postgresql" else 1
    step, crashes = 1 - stride, 0
    while True:
        step += stride
        scene = kind(tmp_path)
        scene.prepare()

        def play(scene=scene, step=step):
            Steps(die_at=step, folders=[tmp_path]).install()
            scene.play()

        code = forked(play)
        assert code in (0, CRASHED), f"step {step} ended with {code}"
        replay_spool()
        replay_spool()
        assert list(spool.waiting()) == [], f"step {step}"
        assert scene.holds(), f"killed at step {step}: {scene.types()}"
        with ledger_door():
            LedgerEvent.objects.all().delete()
        erase(Campaign.objects)
        scene.returned.unlink(missing_ok=True)
        if not code:
            break
        crashes += 1
    assert crashes >= 2
