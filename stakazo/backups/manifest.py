"""The manifest: what a backup is, signed as the anchors of the ledger are."""

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ledger.hashing import canonical
from ledger.sealing.keys import Key, known_keys, sealing_key
from stakazo.backups.errors import BadBackup, NoBackup
from stakazo.backups.folders import hash_of

VERSION = 1
NAME = "manifest.json"
_SIGNED = b"stakazo backup\n"
_PART = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")


@dataclass(frozen=True)
class Part:
    """One file of the backup beside the manifest."""

    name: str
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Part":
        """What is to be written down of this file."""
        return cls(path.name, path.stat().st_size, hash_of(path))


@dataclass(frozen=True)
class Manifest:
    """All that is said of a backup.

    database: its `kind` (sqlite, postgresql), `server_version`, and of PostgreSQL the `schema` and how
    far transactions were counted (`transaction_counter`). migrations: `app.name` of each that was
    applied. rows: table → how many. head: the ledger's newest seal as an anchor, which is signed by
    itself too; None where nothing was sealed. files: how many stored files, of how many bytes, whether
    they were `copied`, and how many the rows name that the storage lacks (`missing`).
    """

    made_at: str
    database: dict[str, Any]
    migrations: list[str]
    rows: dict[str, int]
    parts: list[Part]
    head: dict[str, Any] | None
    files: dict[str, Any]
    version: int = VERSION
    algorithm: str = ""
    key_id: str = ""
    signature: str = field(default="", repr=False)

    def signed_bytes(self) -> bytes:
        """What the key signs: all but the signature."""
        return _SIGNED + canonical({k: v for k, v in asdict(self).items() if k != "signature"})

    def part(self, name: str) -> Part:
        """The part of this name. Raises BadBackup."""
        for part in self.parts:
            if part.name == name:
                return part
        raise BadBackup(f"The backup has no part {name}.", part=name)


def write_manifest(folder: Path, *, key: Key | None = None, **said: Any) -> Manifest:
    """Sign it and put it into the folder."""
    key = key or sealing_key()
    bare = Manifest(**said, algorithm=key.algorithm, key_id=key.key_id)
    manifest = Manifest(
        **(said | {"algorithm": key.algorithm, "key_id": key.key_id}),
        signature=key.sign(bare.signed_bytes()),
    )
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup, once it is sure that we signed it. Raises NoBackup, BadBackup."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoBackup(
            f"{folder} is no backup: it has no {NAME}. One that was cut off is called "
            ".<name>.<number>.making and cannot be restored."
        ) from error
    except (OSError, ValueError) as error:
        raise BadBackup(f"The manifest of {folder} cannot be read.") from error
    version = said.get("version") if isinstance(said, dict) else None
    if version != VERSION:
        raise BadBackup(f"This code reads backups of version {VERSION}, not {version}.")
    try:
        manifest = Manifest(**(said | {"parts": [Part(**part) for part in said["parts"]]}))
        message = manifest.signed_bytes()
    except (KeyError, TypeError, ValueError) as error:
        raise BadBackup(f"The manifest of {folder} is not written as it should be.") from error
    key = known_keys().get(str(manifest.key_id))
    if key is None:
        raise BadBackup(
            f"The backup is signed with the key {manifest.key_id}, which is not known here. Set "
            "STAKAZO_LEDGER_SEAL_KEY (or STAKAZO_SECRET_KEY, from which the key is made without it) as "
            "where the backup was made, or name that key in STAKAZO_LEDGER_SEAL_OLD_KEYS.",
            key_id=manifest.key_id,
        )
    if key.algorithm != manifest.algorithm or not key.signed(message, str(manifest.signature)):
        raise BadBackup("The manifest is not what was signed: it was changed since.")
    return manifest


def check_part(folder: Path, part: Part) -> None:
    """Whether this file is what was backed up. Raises BadBackup."""
    path = folder / part.name
    if not _PART.fullmatch(part.name):
        raise BadBackup(f"{part.name!r} is no name of a part.", part=part.name)
    if path.is_symlink() or not path.is_file():
        raise BadBackup(f"The part {part.name} is missing.", part=part.name)
    if path.stat().st_size != part.size_bytes or hash_of(path) != part.sha256:
        raise BadBackup(f"The part {part.name} is not what was backed up.", part=part.name)
