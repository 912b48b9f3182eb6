"""Event types that belong to no single model."""

from ledger.registry import ERROR, WARN, declare

declare("worker_started", "A worker began to take jobs.")
declare("worker_stopped", "A worker stopped taking jobs.")
declare("health_check_failed", "A part of the system did not answer its health check.", ERROR)
declare("ledger_faults_found", "A verification found that the ledger is not as it was.", ERROR)
declare("ledger_pruned", "Very old events were let go, by the retention rule.", WARN)
