"""What recurs in this room."""

from datetime import timedelta

from jobs.schedules import schedule

schedule("telemetry.record", "record_telemetry", every=timedelta(minutes=5))
