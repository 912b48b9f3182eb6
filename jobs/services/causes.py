"""Which failures have one cause: the same error but for names, numbers and ids."""

import hashlib
import re

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PATH = re.compile(r"(?<![\w.])/[\w.@%+=:,~-]+(?:/[\w.@%+=:,~-]*)*")
_HEX = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]+)*\b|\b0x[0-9a-f]+\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
READ_CHARS = 2_000


def cause_of(job_type: str, error_code: str, error: str) -> str:
    """Sixteen hex digits, the same for failures of one job type that differ only in such things."""
    text = error[:READ_CHARS]
    for pattern, instead in ((_QUOTED, "'…'"), (_PATH, "/…"), (_HEX, "#"), (_NUMBER, "#")):
        text = pattern.sub(instead, text)
    return hashlib.sha256(f"{job_type}|{error_code}|{text}".encode()).hexdigest()[:16]
