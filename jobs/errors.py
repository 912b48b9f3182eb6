"""Failures of jobs.

StakazoError
├── UnknownJobType   400  no handler has this name
├── BadPayload       400  the payload is not what the handler takes
├── LostLease        409  this worker no longer holds the job; its writes are refused
└── Cancelled        409  somebody asked for the job to end
"""

from stakazo.core.errors import Conflict, InvalidInput


class UnknownJobType(InvalidInput):
    """No handler is registered under this job type."""

    code = "jobs.unknown-type"


class BadPayload(InvalidInput):
    """The payload is not what the handler of this job type takes."""

    code = "jobs.bad-payload"


class LostLease(Conflict):
    """This worker no longer holds the job; somebody else may be working on it."""

    code = "jobs.lost-lease"


class Cancelled(Conflict):
    """Somebody asked for this job to end."""

    code = "jobs.cancelled"
