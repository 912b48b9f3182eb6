"""What can go wrong with backups.

StakazoError
├── InvalidInput
│   ├── NoBackup         the folder is no backup, or one that was cut off
│   ├── BadBackup        it is not what was backed up, or nobody we know signed it
│   └── BadPlace         a backup cannot lie there
├── Conflict
│   ├── NotEmpty         the database has tables, and nobody said that they may go
│   └── UnfitBackup      it does not go into this database, or is newer than this code
└── Unavailable
    ├── NoClientPrograms PostgreSQL's own programs are not here, or too old
    └── BackupFailed     the database or the disk did not play along
"""

from stakazo.core.errors import Conflict, InvalidInput, Unavailable


class NoBackup(InvalidInput):
    """The folder is no backup, or one that was cut off while it was made."""

    code = "backups.no-backup"


class BadBackup(InvalidInput):
    """The backup is not what was backed up, or nobody that we know signed it."""

    code = "backups.bad-backup"


class BadPlace(InvalidInput):
    """A backup cannot lie there."""

    code = "backups.bad-place"


class NotEmpty(Conflict):
    """The database has tables, and nobody said that they may go."""

    code = "backups.not-empty"


class UnfitBackup(Conflict):
    """The backup does not go into this database, or knows more than this code does."""

    code = "backups.unfit"


class NoClientPrograms(Unavailable):
    """PostgreSQL's own programs are not on this machine, or are older than the server."""

    code = "backups.no-client-programs"


class BackupFailed(Unavailable):
    """The database or the disk did not play along; nothing was changed."""

    code = "backups.failed"
