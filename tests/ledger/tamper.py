"""Cheating on the ledger, as somebody could who owns the database: triggers off, raw changes."""

import contextlib
import hashlib
import random
import time
import uuid
from datetime import timedelta

from django.db import connection, transaction

from ledger.hashing import canonical_bytes, row_hash
from ledger.keeping.partitions import partitions
from ledger.models import LedgerArchive, LedgerCut, LedgerEvent, LedgerSeal
from ledger.sealing.bodies import hash_of_seal, signed_of_seal
from ledger.sealing.gone import pack_bits
from ledger.sealing.keys import read_key, sealing_key
from ledger.sealing.members import Member, microseconds, pack, unpack
from ledger.sealing.merkle import leaf_hash, root_of
from ledger.sealing.sealer import oldest_unsealed, seal_events
from ledger.watermark import Position, events_after
from stakazo.core.ids import uuid7

TABLES = ["ledger_events", "ledger_seals", "ledger_cuts"]
POSTGRESQL = connection.vendor == "postgresql"
APART = 28  # so many of the first events have a transaction, and so a place, of their own each
PLACE = "txid::text::bigint" if POSTGRESQL else "rowid"


def seal_all():
    """Seal every committed event, in full batches."""
    committed = wait_for_the_watermark()
    seal_events()
    assert sealed_count() == committed


def seal_rest():
    """Seal every committed event that is in no seal yet, where some that were are gone by now."""
    wait_for_the_watermark()
    seal_events()
    assert oldest_unsealed() is None


def wait_for_the_watermark():
    """Wait until every committed event may be sealed; how many there are.

    On PostgreSQL open transactions of other databases hold the watermark for a moment too.
    """
    committed = LedgerEvent.objects.count()
    give_up_at = time.monotonic() + 240
    while len(events_after(Position(), limit=committed + 1)[0]) < committed:
        assert time.monotonic() < give_up_at
    return committed


def sealed_count():
    return sum(LedgerSeal.objects.values_list("count", flat=True))


@contextlib.contextmanager
def triggers_off():
    """Within this block the tables can be changed; after it nothing has happened."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if POSTGRESQL:
                for table in [*TABLES, *(each.name for each in partitions())]:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE '%append_only%'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
        yield
        transaction.set_rollback(True)


class Cheat:
    """One act each, chosen at random by `dice`; each answers {kind: set of ids or seal numbers}."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.seals = list(LedgerSeal.objects.order_by("number"))
        self.sealed = [uuid.UUID(bytes=m.id) for seal in self.seals for m in unpack(seal.members)]

    def edit(self):
        """Change a column of any event, the unsealed ones among them."""
        pk = self.dice.choice(list(LedgerEvent.objects.values_list("pk", flat=True)))
        self._change(pk)
        return {"changed": {pk}}

    def edit_and_renew_the_hash(self):
        pk = self.dice.choice(self.sealed)
        self._change(pk)
        self._renew(pk)
        return {"changed": {pk}}

    def change_the_hash(self):
        pk = self.dice.choice(self.sealed)
        LedgerEvent.objects.filter(pk=pk).update(row_hash=self.dice.randbytes(32).hex())
        return {"changed": {pk}}

    def write_what_the_column_cannot_hold(self):
        """SQLite takes any text; PostgreSQL would refuse, so there it is a mere change."""
        pk = self.dice.choice(self.sealed)
        if POSTGRESQL:
            self._change(pk)
        else:
            column = self.dice.choice(["metadata", "timestamp", "job_id"])
            sql = f"UPDATE ledger_events SET {column} = '{{broken' WHERE id = %s"
            if (
                column == "metadata"
            ):  # its own check must be fooled: a JSON text, where we keep objects
                sql = "UPDATE ledger_events SET metadata = '\"broken\"' WHERE id = %s"
            with connection.cursor() as cursor:
                cursor.execute(sql, [self._key(pk)])
        return {"changed": {pk}}

    def delete(self):
        gone = set(self.dice.sample(self.sealed, self.dice.randint(1, 4)))
        LedgerEvent.objects.filter(pk__in=gone).delete()
        return {"removed": gone}

    def delete_a_whole_batch(self):
        gone = self._members(self.dice.choice(self.seals))
        LedgerEvent.objects.filter(pk__in=gone).delete()
        return {"removed": set(gone)}

    def insert_among_the_sealed(self):
        pk = self._forge(place=self._free_place())
        return {"inserted": {pk}}

    def insert_at_the_end_with_a_wrong_hash(self):
        pk = self._forge()
        LedgerEvent.objects.filter(pk=pk).update(actor="x")
        return {"changed": {pk}}

    def replace(self):
        """Take one away and put another in its place."""
        victim = self.dice.choice(self.sealed[:APART])
        place = self._place(victim)
        LedgerEvent.objects.filter(pk=victim).delete()
        return {"removed": {victim}, "inserted": {self._forge(place=place)}}

    def change_an_id(self):
        victim, new = self.dice.choice(self.sealed[:APART]), uuid7()
        LedgerEvent.objects.filter(pk=victim).update(id=new)
        self._renew(new)
        return {"removed": {victim}, "inserted": {new}}

    def swap_contents(self):
        one, other = LedgerEvent.objects.filter(pk__in=self.dice.sample(self.sealed, 2))
        for here, there in ((one, other), (other, one)):
            LedgerEvent.objects.filter(pk=here.pk).update(entity_id=there.entity_id)
            self._renew(here.pk)
        return {"changed": {one.pk, other.pk}}

    def swap_places(self):
        """Of two that lie within different batches, so that both are surely out of their seal."""
        one, other = (
            self.dice.choice(self._members(seal)[1:-1])
            for seal in self.dice.sample(self.seals[:4], 2)
        )
        places = self._place(one), self._place(other)
        self._put(one, -7_000)
        self._put(other, places[0])
        self._put(one, places[1])
        return {"reordered": {one, other}}

    def move_within_a_batch(self):
        """The first becomes the last but one, as it were: only it is out of order."""
        pks = self._members(self.dice.choice(self.seals[:4]))
        places = [self._place(pk) for pk in pks]
        for n, pk in enumerate(pks[:-1]):
            self._put(pk, -8_000 - n)
        for pk, place in zip([*pks[1:-1], pks[0]], places, strict=False):
            self._put(pk, place)
        return {"reordered": {pks[0]}}

    def move_to_the_end(self):
        pk = self.dice.choice(self.sealed)
        self._put(pk, 2**40)
        return {"reordered": {pk}}

    def drop_the_newest_seals(self):
        kept = self.dice.randrange(len(self.seals))
        LedgerSeal.objects.filter(number__gt=kept).delete()
        return {"seal_removed": {kept + 1}}

    def drop_the_newest_seals_and_their_events(self):
        kept = self.dice.randrange(len(self.seals))
        for seal in self.seals[kept:]:
            LedgerEvent.objects.filter(pk__in=self._members(seal)).delete()
        LedgerSeal.objects.filter(number__gt=kept).delete()
        return {"seal_removed": {kept + 1}}

    def drop_a_seal(self):
        number = self.dice.choice(self.seals[:-1]).number
        LedgerSeal.objects.filter(number=number).delete()
        return {"seal_removed": {number}}

    def empty_everything(self):
        LedgerEvent.objects.all().delete()
        LedgerSeal.objects.all().delete()
        return {"seal_removed": {1}}

    def change_a_seal(self):
        seal = self.dice.choice(self.seals)
        change = self.dice.choice(
            [
                {"sealed_at": seal.sealed_at - timedelta(days=1)},
                {"root": "0" * 64},
                {"previous_hash": "f" * 64},
                {"signature": "0" * 64},
                {"key_id": "0" * 16},
                {"first_id": uuid7()},
                {"position": seal.position + 1},
                {"members": bytes(seal.members)[:-56]},
                {"members": bytes(seal.members)[:40] + b"x" + bytes(seal.members)[41:]},
                {"seal_hash": "a" * 64},
                {"digest": ""},
                {"digest": "pg1:" + "0" * 64},
            ]
        )
        LedgerSeal.objects.filter(pk=seal.pk).update(**change)
        return {"seal_changed": {seal.number}}

    def forge_a_seal_over_a_change(self):
        """Change an event and make its seal anew, with all hashes right and no key."""
        seal = self.dice.choice(self.seals)
        pk = self.dice.choice(self._members(seal))
        self._change(pk)
        self._renew(pk)
        self._reseal(seal)
        return {"seal_changed": {seal.number}}

    def forge_the_whole_chain(self):
        """The same, and every seal is signed anew with a key of the cheat's own."""
        pk, previous = self.dice.choice(self.sealed), None
        self._change(pk)
        self._renew(pk)
        key = read_key("secret:not yours")
        for seal in self.seals:
            if previous:
                seal.previous_hash = previous.seal_hash
            self._reseal(seal, key)
            previous = seal
        return {"seal_changed": {seal.number for seal in self.seals}}

    def delete_behind_a_forged_cut(self):
        """As if retention had done it; but that would have signed for it."""
        pk = self.dice.choice(self.sealed)
        LedgerEvent.objects.filter(pk=pk).delete()
        LedgerCut.objects.create(
            before=self.seals[-1].sealed_at + timedelta(days=1),
            algorithm=self.seals[0].algorithm,
            key_id=self.seals[0].key_id,
            signature="0" * 64,
        )
        return {"removed": {pk}}

    def fork_the_chain(self):
        """From some seal on the chain goes another way, signed with our own key: anchors tell."""
        first = self.dice.randrange(len(self.seals))
        pk, previous = self.dice.choice(self._members(self.seals[first])), None
        self._change(pk)
        self._renew(pk)
        for seal in self.seals[first:]:
            if previous:
                seal.previous_hash = previous.seal_hash
            self._reseal(seal, sealing_key())
            previous = seal
        return {"seal_changed": {self.seals[-1].number}}  # the one that was anchored

    def truncate_the_events(self):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ledger_events" if POSTGRESQL else "DELETE FROM ledger_events")
        return {"removed": set(self.sealed)}

    def delete_behind_a_forged_archive(self):
        """As if retention had archived it; but that would have signed for it."""
        seal = self.dice.choice(self.seals)
        place = self.dice.randrange(seal.count)
        pk = self._members(seal)[place]
        LedgerEvent.objects.filter(pk=pk).delete()
        LedgerArchive.objects.create(
            number=1,
            count=1,
            size_bytes=1,
            first_id=pk,
            last_id=pk,
            position=seal.position,
            bounds={},
            gone=pack_bits({seal.number: 1 << place}),
            algorithm=seal.algorithm,
            key_id=seal.key_id,
            signature="0" * 64,
        )
        return {"removed": {pk}}

    # --- How ------------------------------------------------------------------------------------

    def _change(self, pk):
        column, value = self.dice.choice(
            [
                ("actor", "user:666"),
                ("event_type", "never_was"),
                ("entity_id", "another"),
                ("severity", "ERROR"),
                ("metadata", {"n": 1}),
                ("job_id", uuid7()),
                ("correlation_id", "c"),
            ]
        )
        LedgerEvent.objects.filter(pk=pk).update(**{column: value})

    def _renew(self, pk):
        event = LedgerEvent.objects.get(pk=pk)
        LedgerEvent.objects.filter(pk=pk).update(row_hash=row_hash(event))

    def _forge(self, place=None):
        event = LedgerEvent(id=uuid7(), event_type="worker_started", entity_id="forged")
        event.row_hash = row_hash(event)
        event.save(force_insert=True)
        if place is not None:
            self._put(event.pk, place)
        return event.pk

    def _free_place(self):
        """Among the sealed ones; rowids there are all taken, so on SQLite before the first."""
        if POSTGRESQL:
            return self._place(self.dice.choice(self.sealed[:APART]))
        return -self.dice.randint(1, 10**6)

    def _place(self, pk):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {PLACE} FROM ledger_events WHERE id = %s", [self._key(pk)])
            return cursor.fetchone()[0]

    def _put(self, pk, place):
        """On PostgreSQL a transaction id below zero is one far in the future."""
        with connection.cursor() as cursor:
            if POSTGRESQL:
                sql = "UPDATE ledger_events SET txid = %s::text::xid8 WHERE id = %s"
                cursor.execute(sql, [str(place if place >= 0 else 2**50 - place), pk])
            else:
                sql = "UPDATE ledger_events SET rowid = %s WHERE id = %s"
                cursor.execute(sql, [place, self._key(pk)])

    def _key(self, pk):
        return pk if POSTGRESQL else pk.hex

    def _members(self, seal):
        return [uuid.UUID(bytes=member.id) for member in unpack(seal.members)]

    def _reseal(self, seal, key=None):
        events = LedgerEvent.objects.in_bulk(self._members(seal))
        members = [
            Member(pk.bytes, microseconds(events[pk].timestamp), self._leaf(events[pk]))
            for pk in self._members(seal)
        ]
        seal.members = pack(members)
        seal.members_hash = hashlib.sha256(seal.members).hexdigest()
        seal.root = root_of([member.leaf for member in members]).hex()
        if key:
            seal.algorithm, seal.key_id = key.algorithm, key.key_id
        seal.seal_hash = hash_of_seal(seal)
        if key:
            seal.signature = key.sign(signed_of_seal(seal.seal_hash))
        fields = {field.attname: getattr(seal, field.attname) for field in seal._meta.fields}
        LedgerSeal.objects.filter(pk=seal.pk).update(**fields)

    def _leaf(self, event):
        return leaf_hash(canonical_bytes(event))


CHEATS = [name for name in vars(Cheat) if not name.startswith("_")]
