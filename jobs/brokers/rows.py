"""Bells as rows of django-q2's own table, for the two databases."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from jobs.brokers.doorbell import Bell, Doorbell, pause, private_key

logger = logging.getLogger(__name__)


class RowDoorbell(Doorbell):
    """A bell is a row; `lock` says since when it waits."""

    away: tuple[type[Exception], ...] = (DatabaseError, InterfaceError, OSError)

    @property
    def database(self) -> BaseDatabaseWrapper:
        """The Django connection of this thread."""
        return connections[Conf.ORM or "default"]

    def _rows(self, key: str) -> "QuerySet[Any]":
        return OrmQ.objects.using(self.database.alias).filter(key=key)

    @contextlib.contextmanager
    def _unflushed(self) -> Iterator[None]:
        """A commit in this block need not reach the disk: a lost bell is rung again."""
        yield

    def enqueue(self, task: str) -> Any:
        """For whatever else uses q2."""
        return self._insert(self.list_key, task)

    def ring(self, package: str, *, enough: int) -> bool:
        """See Doorbell. On a race one too many is rung."""
        if len(self._rows(self.list_key).values_list("pk")[:enough]) >= enough:
            return False
        self._insert(self.list_key, package)
        return True

    def ring_for(self, group: str, package: str) -> None:
        """See Doorbell."""
        self._insert(private_key(self.list_key, group), package)

    def _insert(self, key: str, package: str) -> Any:
        rows = OrmQ.objects.using(self.database.alias)
        with self._unflushed():
            return rows.create(key=key, payload=package, lock=timezone.now()).pk

    def forget(self, group: str) -> None:
        """See Doorbell."""
        self._rows(private_key(self.list_key, group)).delete()

    def forget_stale(self, *, older_than_s: float) -> int:
        """See Doorbell."""
        before = timezone.now() - timedelta(seconds=older_than_s)
        private = OrmQ.objects.using(self.database.alias).filter(
            key__startswith=private_key(self.list_key, ""), lock__lt=before
        )
        return private.delete()[0] if private.exists() else 0

    def queue_size(self) -> int:
        """Bells that nobody has heard."""
        return self._rows(self.list_key).count()

    def purge_queue(self) -> Any:
        """Take back all bells."""
        return self._rows(self.list_key).delete()

    delete_queue = purge_queue

    def ping(self) -> bool:
        """The database is asked all the time by everybody else."""
        return True

    def info(self) -> str:
        """What `qinfo` prints."""
        return f"bells in {self.database.vendor}"

    def dequeue(self) -> list[Bell] | None:
        """The next bell, as soon as it rings; None after a while without one."""
        try:
            if bell := self._hear():
                return [(None, bell)]
        except self.away as error:
            # Not up to q2, whose pusher would end itself.
            logger.warning("The bells cannot be heard, the database does not answer: %s", error)
            self._hang_up()
            pause()
        return None

    def _hear(self) -> str | None:
        raise NotImplementedError

    def _hang_up(self) -> None:
        raise NotImplementedError
