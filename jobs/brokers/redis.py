"""Bells in Redis. What it loses, the Job table still knows."""

import logging
from typing import Any

import redis
from django_q.conf import Conf

from jobs import vitals
from jobs.brokers.doorbell import ANSWER_BELL, Bell, Doorbell, package, pause, private_key

logger = logging.getLogger(__name__)

PRIVATE_FOR_S = 600
CALL_S = 3  # how long an enqueue may wait for a Redis that does not answer


class RedisDoorbell(Doorbell):
    """A bell is an item of a list."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key=f"django_q:{list_key or Conf.CLUSTER_NAME}:q")
        self._away = False

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        """Connects at the first use, and anew after a break."""
        return redis.from_url(Conf.REDIS, socket_connect_timeout=CALL_S, socket_timeout=CALL_S)

    def enqueue(self, task: str) -> Any:
        """For whatever else uses q2."""
        return self.connection.rpush(self.list_key, task)

    def ring(self, package: str, *, enough: int) -> bool:
        """See Doorbell. Rings and cuts the list in one go."""
        with self.connection.pipeline() as pipeline:
            length, _ = (
                pipeline.rpush(self.list_key, package).ltrim(self.list_key, 0, enough - 1).execute()
            )
        return bool(length <= enough)

    def ring_for(self, group: str, package: str) -> None:
        """See Doorbell."""
        key = private_key(self.list_key, group)
        with self.connection.pipeline() as pipeline:
            pipeline.rpush(key, package).expire(key, PRIVATE_FOR_S).execute()

    def forget(self, group: str) -> None:
        """See Doorbell."""
        self.connection.delete(private_key(self.list_key, group))

    def forget_stale(self, *, older_than_s: float) -> int:
        """They expire."""
        return 0

    def dequeue(self) -> list[Bell] | None:
        """The next bell, as soon as it rings; None after a while without one.

        While Redis is away we ring ourselves, so that workers look into the Job table all the same.
        """
        try:
            found = self.connection.blpop(self.keys, timeout=1)
        except (redis.RedisError, OSError) as error:
            if not self._away:
                logger.warning(
                    "Redis does not answer; workers look for jobs by themselves: %s", error
                )
            self._away = True
            pause()
            pause()
            return [(None, package(ANSWER_BELL, ""))]
        if self._away:
            logger.warning("Redis answers again")
            self._away = False
            return [(None, package(ANSWER_BELL, ""))]  # what rang meanwhile is lost
        return [(None, found[1])] if found else None

    def queue_size(self) -> int:
        """Bells that nobody has heard."""
        return int(self.connection.llen(self.list_key))

    def purge_queue(self) -> Any:
        """Take back all bells."""
        return self.connection.delete(self.list_key)

    delete_queue = purge_queue

    def ping(self) -> bool:
        """Whether Redis answers. Not raised: a cluster starts without it, and waits for it."""
        try:
            return bool(self.connection.ping())
        except (redis.RedisError, OSError):
            return False

    def info(self) -> str:
        """What `qinfo` prints."""
        return f"Redis {self.connection.info('server')['redis_version']}"

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """For `qmonitor`, which reads it on any machine."""
        vitals.tell("sentinel")
        self.connection.set(key, value, timeout)

    def get_stat(self, key: str) -> Any:
        """See set_stat."""
        return self.connection.get(key)

    def get_stats(self, pattern: str) -> Any:
        """See set_stat."""
        keys = list(self.connection.scan_iter(pattern))
        return self.connection.mget(keys) if keys else []
