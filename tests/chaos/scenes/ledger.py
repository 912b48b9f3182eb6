"""The ledger's own upkeep: sealing, counting, pruning, verifying, replaying, making weeks."""

import gzip
import json
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from jobs.services import enqueue
from tests.chaos.scenes.scene import Scene, events

ANCHORS = "ledger/anchors"


def verified():
    """Seal what waits; what a look at the whole chain finds."""
    from ledger.sealing.verify import verify_ledger
    from tests.ledger.tamper import seal_rest

    seal_rest()
    return verify_ledger(workers=1)


def unsound(found):
    """Faults, unless every event is in the chain as it was."""
    if found.wrong:
        yield f"the chain is broken: {dict(found.kinds)}"
    if found.anchors_torn:
        yield f"{found.anchors_torn} anchors are torn"
    if not found.anchors:
        yield "there is no anchor"


def notes(count):
    """So many events."""
    from ledger.services import log_event

    for number in range(count):
        log_event("worker_started", entity_type="worker", entity_id=f"note:{number}")


class Seal(Scene):
    """seal_ledger, in batches of four."""

    job_type = "seal_ledger"

    def open(self, theatre):
        """In small batches."""
        super().open(theatre)
        self.change("ledger.sealing.sealer.BATCH", 4)

    def prepare(self):
        """Ten events."""
        notes(10)
        enqueue(self.job_type, {})

    def wrong(self):
        """One chain, with an anchor, in which each event is once."""
        from ledger.models import LedgerEvent, LedgerSeal
        from ledger.sealing.members import unpack

        yield from unsound(verified())
        members = Counter(
            uuid.UUID(bytes=member.id)
            for seal in LedgerSeal.objects.all()
            for member in unpack(seal.members)
        )
        if members != Counter(LedgerEvent.objects.values_list("pk", flat=True)):
            yield f"{members.total()} members of {LedgerEvent.objects.count()} events"


class RollUp(Scene):
    """roll_up_ledger, in batches of five."""

    job_type = "roll_up_ledger"

    def open(self, theatre):
        """In small batches."""
        super().open(theatre)
        self.change("ledger.rollups.BATCH", 5)

    def prepare(self):
        """Jobs that ended, one that did not, workers that came and went."""
        from tests.ledger.past import event_at, job_life, put

        begun = timezone.now() - timedelta(hours=3)
        for number in range(3):
            took = timedelta(seconds=10 * (number + 1))
            put(*job_life(begun=begun + timedelta(minutes=number), took=took))
        put(*job_life(begun=begun, ends=""))
        put(event_at(begun), event_at(begun + timedelta(hours=1), "worker_stopped"))
        enqueue(self.job_type, {})

    def wrong(self):
        """What was counted is what is counted when it is all counted again."""
        from ledger.models import LedgerEvent, LedgerReader
        from ledger.rollups import rebuild_rollups, roll_up

        while roll_up().events:
            continue
        counted = self._figures()
        total = sum(LedgerReader.objects.get().counted.values())
        if total != LedgerEvent.objects.count():
            yield f"{total} events counted of {LedgerEvent.objects.count()}"
        rebuild_rollups()
        for name, rows in self._figures().items():
            if rows != counted[name]:
                yield f"{name}: {counted[name] - rows} too many, {rows - counted[name]} missing"

    def _figures(self):
        from ledger.models import LedgerFlow, LedgerHour, LedgerSlowJob, LedgerStay, LedgerWorker

        figures = {}
        for model in (LedgerFlow, LedgerHour, LedgerSlowJob, LedgerStay, LedgerWorker):
            names = [field.attname for field in model._meta.fields if field.attname != "id"]
            figures[model.__name__] = Counter(map(str, model.objects.values_list(*names)))
        return figures


class Prune(Scene):
    """prune_ledger: twelve old events, three young ones, archives of five."""

    job_type = "prune_ledger"

    def open(self, theatre):
        """In small seals and archives."""
        super().open(theatre)
        self.change("ledger.sealing.sealer.BATCH", 4)
        self.change("ledger.keeping.archives.EVENTS", 5)

    def prepare(self):
        """The events."""
        from tests.ledger.aged import aged

        for number in range(12):
            aged(200, entity_type="worker", entity_id=f"old:{number}")
        notes(3)
        enqueue(self.job_type, {})

    def wrong(self):
        """Each old event is in one archive and no longer in the table; the young ones are there."""
        from ledger.keeping.archives import FOLDER
        from ledger.models import LedgerArchive, LedgerEvent

        yield from unsound(verified())
        archives = list(LedgerArchive.objects.order_by("number"))
        archived = Counter(
            json.loads(line)["entity_id"]
            for archive in archives
            for line in gzip.decompress(default_storage.open(archive.name).read()).splitlines()
        )
        if archived != Counter(f"old:{number}" for number in range(12)):
            yield f"archived are {dict(archived)}"
        rows = LedgerEvent.objects.filter(entity_type="worker").values_list("entity_id", flat=True)
        if sorted(rows) != [f"note:{number}" for number in range(3)]:
            yield f"in the table are {sorted(rows)}"
        told = sorted(event.metadata["archive"] for event in events("ledger_pruned"))
        names = sorted(archive.name for archive in archives if archive.removed_at)
        if told != names or len(names) != len(archives):
            yield f"told of {told}, not of {names}"
        stems = {archive.name.removesuffix(".jsonl.gz") for archive in archives}
        files = {f"{FOLDER}/{name.split('.')[0]}" for name in default_storage.listdir(FOLDER)[1]}
        if files != stems:
            yield f"files of {sorted(files - stems)}, which are no archives"


class Verify(Scene):
    """verify_ledger, where an anchor was forged: somebody must be told, once."""

    job_type = "verify_ledger"

    def prepare(self):
        """Sealed events, and the anchor."""
        from ledger.sealing.sealer import seal_events

        notes(5)
        seal_events()
        folder = Path(settings.MEDIA_ROOT) / ANCHORS
        (made,) = folder.glob("*.json")
        forged = json.loads(made.read_text()) | {"signature": "0" * 64}
        (folder / "forged.json").write_text(json.dumps(forged))
        enqueue(self.job_type, {})

    def wrong(self):
        """One event, one finding."""
        (job,) = self.jobs()
        found = [event.metadata for event in events("ledger_faults_found")]
        wanted = {"wrong": 1, "kinds": {"anchor_changed": 1}}
        if found != [wanted]:
            yield f"the ledger was told {found}"
        if job.result["wrong"] != 1:
            yield f"the job says {job.result}"


class Replay(Scene):
    """replay_ledger: events in the spool, some of which may count and some of which do not."""

    job_type = "replay_ledger"

    def prepare(self):
        """Four that count, one whose row tells, one whose row tells otherwise."""
        from campaigns.models import Campaign
        from ledger import spool
        from ledger.composing import new_event
        from ledger.spool import Pending
        from tests.factories import make_campaign

        S = Campaign.Status
        for number in range(4):
            spool.keep(new_event("worker_started", entity_type="worker", entity_id=number))
        for name, status in (("moved", S.ACTIVE), ("not moved", S.DRAFT)):
            campaign = make_campaign(name=name, status=status)
            move = new_event(
                "campaign_started", entity=campaign, metadata={"from": S.DRAFT, "to": S.ACTIVE}
            )
            spool.keep(move, pending=Pending(of_change=True))
        enqueue(self.job_type, {})

    def wrong(self):
        """What counts is in the ledger once, and nothing is in the spool."""
        from campaigns.models import Campaign
        from ledger import spool

        workers = sorted(events("worker_started").values_list("entity_id", flat=True))
        if workers != ["0", "1", "2", "3"]:
            yield f"worker_started of {workers}"
        moves = list(events("campaign_started").values_list("entity_id", flat=True))
        if moves != [str(Campaign.objects.get(name="moved").pk)]:
            yield f"campaign_started of {moves}"
        if spool.count():
            yield f"{spool.count()} lines are in the spool"
        left = {each.name for each in Path(settings.LEDGER_SPOOL_DIR).iterdir()}
        if left - {spool.FILE_NAME, spool.LOCK_NAME}:
            yield f"in the folder of the spool are {sorted(left)}"


class Weeks(Scene):
    """make_ledger_weeks: two weeks to make on PostgreSQL, one of which has an event already."""

    job_type = "make_ledger_weeks"

    def prepare(self):
        """The weeks are missing, and the event lies in the default partition."""
        from ledger.keeping.partitions import drop_partition, partitions
        from tests.ledger.aged import aged

        if connection.vendor == "postgresql":
            ahead = [each for each in partitions() if not each.is_default][-2:]
            for week in ahead:
                drop_partition(week.name)
        aged(-24, entity_type="worker", entity_id="ahead")
        enqueue(self.job_type, {})

    def wrong(self):
        """All weeks are there, and the event is once, in its own."""
        from ledger.keeping.partitions import DEFAULT, make_weeks

        if make_weeks(now=timezone.now()):
            yield "weeks were missing"
        if events("worker_started").count() != 1:
            yield f"{events('worker_started').count()} × the event of a coming week"
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {DEFAULT}")
                (strays,) = cursor.fetchone()
            if strays:
                yield f"{strays} events lie in the default partition"
