"""What recurs in this room."""

from datetime import timedelta

from jobs.schedules import schedule

schedule("ledger.replay", "replay_ledger", every=timedelta(minutes=5))
schedule("telemetry.record", "record_telemetry", every=timedelta(minutes=5))
