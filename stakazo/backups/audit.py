"""What the ledger remembers of backups."""

from ledger.registry import WARN, declare

declare("backup_made", "A backup of the database was made, with or without the stored files.")
declare("backup_restored", "The database was replaced by what a backup holds.", WARN)
