"""The same task for Procrastinate, in the form that costs it least: one that is awaited."""

import os

from procrastinate import App, PsycopgConnector

from tests.benchmarks.noop.starts import note_start

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task(name="nothing")
async def nothing():
    """Say that it began."""
    note_start()
