"""UUIDv7: ids that sort by the time they were made."""

import os
import threading
import time
import uuid

# A clock that is set back by more than this is followed: ids of one process that run hours ahead of
# all others would order its events wrongly. Less is bridged by counting on.
_BRIDGED_MS = 10_000

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, strictly increasing within one process while its clock is.

    Layout of RFC 9562 section 5.7, with its method 1 for monotony: the twelve bits of rand_a count
    within one millisecond and carry into the next one when they overflow.
    """
    global _last_ms, _counter
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms or now_ms < _last_ms - _BRIDGED_MS:
            _last_ms, _counter = now_ms, int.from_bytes(os.urandom(1)) & 0x7F
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        millis, counter = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    value = (millis & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | counter << 64 | 0x2 << 62 | tail
    return uuid.UUID(int=value)
