"""Reading the environment: the only place that does."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.FileAwareEnv()  # NAME_FILE holds the value of NAME, for secrets
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)
