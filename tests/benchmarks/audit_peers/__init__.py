"""The audit libraries that the ledger is measured beside, each in a process of its own."""
