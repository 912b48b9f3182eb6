"""What the ledger remembers of health. (`health_check_failed` is declared by the ledger itself.)"""

from ledger.registry import declare

declare("health_check_recovered", "A part of the system answers its health check again.")
