"""Failures of jobs.

StakazoError
├── UnknownJobType   400  no handler has this name
├── BadPayload       400  the payload is not what the handler takes
├── UnknownQueue     400  no job type uses this queue
├── BadSchedule      400  a declared schedule says no times at which it could run
├── UnknownSchedule  404  the code declares no schedule of this name
├── UnknownBudget    404  nobody says how much of this key may be used
├── BudgetTooSmall   400  more is asked for at once than the budget ever has
├── LostLease        409  this worker no longer holds the job; its writes are refused
│   └── Stopping     409  this worker goes away; the job is handed back, no attempt counted
├── Cancelled        409  somebody asked for the job to end
├── NotWaiting       409  only a waiting job can be told to start now
├── PredecessorFailed 409 a job that it comes after has ended badly
├── NothingMatches   409  no job suits what is to be done to many
├── EmptyBatch       400  a batch holds at least one job
├── TimedOut         503  the try took longer than its job type allows; it is tried again
├── OutOfMemory      503  the try needed more memory than a worker may have; it is tried again
└── DatabaseAway     503  the database did not answer while the job was written; it is tried again
"""

from stakazo.core.errors import Conflict, InvalidInput, NotFound, Unavailable


class UnknownJobType(InvalidInput):
    """No handler is registered under this job type."""

    code = "jobs.unknown-type"


class BadPayload(InvalidInput):
    """The payload is not what the handler of this job type takes."""

    code = "jobs.bad-payload"


class UnknownQueue(InvalidInput):
    """No job type uses this queue."""

    code = "jobs.unknown-queue"


class BadSchedule(InvalidInput):
    """A declared schedule says no times at which it could run."""

    code = "jobs.bad-schedule"


class UnknownSchedule(NotFound):
    """The code declares no schedule of this name."""

    code = "jobs.unknown-schedule"


class UnknownBudget(NotFound):
    """Nobody says how much of this key may be used."""

    code = "jobs.unknown-budget"


class BudgetTooSmall(InvalidInput):
    """More is asked for at once than the budget ever has; waiting cannot help."""

    code = "jobs.budget-too-small"


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


class PredecessorFailed(Conflict):
    """A job that this one comes after has ended badly, so this one can never begin."""

    code = "jobs.predecessor-failed"


class NothingMatches(Conflict):
    """Among these jobs there is none that the action suits."""

    code = "jobs.nothing-matches"


class EmptyBatch(InvalidInput):
    """A batch holds at least one job."""

    code = "jobs.empty-batch"


class TimedOut(Unavailable):
    """The try took longer than its job type allows."""

    code = "jobs.timed-out"


class OutOfMemory(Unavailable):
    """The try needed more memory than a worker may have; its worker is replaced."""

    code = "jobs.out-of-memory"


class DatabaseAway(Unavailable):
    """The database did not answer while the job was being done or settled."""

    code = "jobs.database-away"
