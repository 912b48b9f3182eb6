"""Reading on, in the order of commits: a position as an opaque word, and what came after it."""

from django.core import signing

from ledger.errors import BadPosition
from ledger.models import LedgerEvent
from ledger.watermark import Position, events_after, head

_SALT = "stakazo.telemetry.position"  # the words that were given out stay good


def position_token(position: Position) -> str:
    """A position of the ledger as an opaque word for clients."""
    return signing.dumps([position.major, position.minor], salt=_SALT)


def position_of(token: object) -> Position:
    """The position behind the word. Raises BadPosition when we never gave it out."""
    try:
        major, minor = signing.loads(str(token), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadPosition("This position is not one of ours.") from error
    return Position(int(major), str(minor))


def events_behind(token: str, *, limit: int = 100) -> tuple[list[LedgerEvent], str]:
    """The next events in the order of commits, and the word from which to read on.

    An empty word reads nothing and gives the end as it is now; "start" begins with the first event.
    Whoever follows the words sees every event exactly once, also what commits late. Raises BadPosition.
    """
    if not token:
        return [], position_token(head())
    position = Position() if token == "start" else position_of(token)  # noqa: S105  a word, no secret
    events, behind = events_after(position, limit=limit)
    return events, position_token(behind)
