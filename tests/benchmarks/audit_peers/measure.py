"""`PEER=auditlog DATABASE_URL=… python -m tests.benchmarks.audit_peers.measure`: prints one JSON object."""

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import django
from django.conf import settings

from stakazo.core.databases import database_settings

APPS = {
    "auditlog": ["auditlog"],
    "simple_history": ["simple_history"],
    "pghistory": ["pgtrigger", "pghistory"],
}


def main():
    """Interleaved: a plain write, then the same one watched."""
    warnings.simplefilter("ignore")
    peer = os.environ["PEER"]
    settings.configure(
        INSTALLED_APPS=[
            *("django.contrib.contenttypes", "django.contrib.auth", *APPS[peer]),
            "tests.benchmarks.audit_peers",
        ],
        DATABASES={
            "default": database_settings(
                os.environ["DATABASE_URL"], var_dir=Path(tempfile.mkdtemp(prefix="stakazo-bench-"))
            )
        },
        USE_TZ=True,
        SECRET_KEY="-",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    databases = setup_databases(verbosity=0, interactive=False, aliases=["default"])
    try:
        if peer == "pghistory":
            import pgtrigger

            pgtrigger.install()
        print(json.dumps(_measured()))  # noqa: T201
    finally:
        teardown_databases(databases, verbosity=0)


def _measured():
    from django.db import transaction

    from tests.benchmarks.audit_peers.models import Plain, Watched
    from tests.benchmarks.table import undisturbed_s

    kept = {}

    def create(model):
        with transaction.atomic():
            kept[model] = model.objects.create(name="bench", platforms=[])

    def change(model):
        with transaction.atomic():
            row = kept[model]
            row.status = "active" if row.status == "draft" else "draft"
            row.save()

    work = {}
    for name, model in (("plain", Plain), ("watched", Watched)):
        work[f"{name} create"] = lambda model=model: create(model)
        work[f"{name} change"] = lambda model=model: change(model)
    times = undisturbed_s(work, rounds=int(sys.argv[1]))
    return {
        "create": times["watched create"] / times["plain create"],
        "change": times["watched change"] / times["plain change"],
        "create_us": times["watched create"] * 1e6,
    }


if __name__ == "__main__":
    main()
