"""`make bench [ONLY=ledger]`: every benchmark, on a database of its own."""

import importlib
import os
import sys

import django

MODULES = [
    "ledger",
    "ledger_reads",
    "keeping",
    "faults",
    "jobs",
    "claims",
    "analysis",
    "shots",
    "framing",
    "music",
    "highlights",
    "rendering",
    "exactness",
    "composition",
    "corpus",
    "preflight",
    "webhooks",
    "due",
    "api",
]


def main(chosen: list[str]) -> None:
    """Run the chosen benchmarks (all without a choice) and print their tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from tests.benchmarks.table import print_table

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        for name in chosen or MODULES:
            module = importlib.import_module(f"tests.benchmarks.{name}")
            print_table(module.TITLE, module.rows())
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
