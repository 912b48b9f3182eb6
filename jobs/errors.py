"""Failures of jobs.

StakazoError
├── UnknownJobType   400  no handler has this name
├── BadPayload       400  the payload is not what the handler takes
├── UnknownQueue     400  no job type uses this queue
├── LostLease        409  this worker no longer holds the job; its writes are refused
│   └── Stopping     409  this worker goes away; the job is handed back, no attempt counted
├── Cancelled        409  somebody asked for the job to end
├── NotWaiting       409  only a waiting job can be told to start now
├── TimedOut         503  the try took longer than its job type allows; it is tried again
└── DatabaseAway     503  the database did not answer while the job was written; it is tried again
"""

from stakazo.core.errors import Conflict, InvalidInput, Unavailable


class UnknownJobType(InvalidInput):
    """No handler is registered under this job type."""

    code = "jobs.unknown-type"


class BadPayload(InvalidInput):
    """The payload is not what the handler of this job type takes."""

    code = "jobs.bad-payload"


class UnknownQueue(InvalidInput):
    """No job type uses this queue."""

    code = "jobs.unknown-queue"


class LostLease(Conflict):
    """This worker no longer holds the job; somebody else may be working on it."""

    code = "jobs.lost-lease"


class Stopping(LostLease):
    """The worker was told to stop; the job goes back to the queue, no attempt counted.

    A LostLease, because to a handler both mean: let go, this try decides nothing any more.
    """

    code = "jobs.stopping"


class Cancelled(Conflict):
    """Somebody asked for this job to end."""

    code = "jobs.cancelled"


class NotWaiting(Conflict):
    """The job runs or has ended; only a waiting job can be told to start now."""

    code = "jobs.not-waiting"


class TimedOut(Unavailable):
    """The try took longer than its job type allows."""

    code = "jobs.timed-out"


class DatabaseAway(Unavailable):
    """The database did not answer while the job was being done or settled."""

    code = "jobs.database-away"
