"""Events to take along, with proofs that they are in the ledger and the script that checks them."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from ledger import check_proof
from ledger.hashing import content_of
from ledger.models import LedgerEvent
from ledger.queries import Asked, page_of
from ledger.sealing.proofs import NotSealed, prove_event

MOST_EVENTS = 10_000
MOST_PROVED = 100
_PAGE = 500
_READ_ME = """\
events.jsonl    {events} events of the ledger, one JSON object a line, each with its hash.
proofs/         {proved} inclusion proofs; {unsealed} events were not sealed yet, and only the first
                {most} events are proved here. GET /ledger/events/<id>/proof proves any other.
check_proof.py  checks a proof with Python alone:

    python check_proof.py proofs/<id>.json --head <hash of a seal you kept>
"""


def events_asked_for(asked: Asked) -> Iterable[LedgerEvent]:
    """Up to MOST_EVENTS of them, newest first."""
    cursor, given = "", 0
    while given < MOST_EVENTS:
        page = page_of(asked, cursor=cursor, limit=min(_PAGE, MOST_EVENTS - given))
        yield from page.events
        given += len(page.events)
        cursor = page.next
        if not cursor:
            return


def packed(events: Iterable[LedgerEvent]) -> bytes:
    """A ZIP archive of these events and their proofs."""
    lines: list[str] = []
    proved = unsealed = 0
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for event in events:
            lines.append(json.dumps(content_of(event) | {"row_hash": event.row_hash}))
            if proved + unsealed >= MOST_PROVED:
                continue
            try:
                proof = prove_event(event.pk)
            except NotSealed:
                unsealed += 1
                continue
            archive.writestr(f"proofs/{event.pk}.json", json.dumps(proof, indent=1))
            proved += 1
        archive.writestr("events.jsonl", "".join(f"{line}\n" for line in lines))
        archive.writestr("check_proof.py", Path(check_proof.__file__).read_text(encoding="utf-8"))
        said = _READ_ME.format(
            events=len(lines), proved=proved, unsealed=unsealed, most=MOST_PROVED
        )
        archive.writestr("README.txt", said)
    return out.getvalue()
