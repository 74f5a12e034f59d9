"""Read before the settings are: the plugin that starts PostgreSQL lives in this package."""

import os

os.environ.setdefault("STATIC_FROM_SOURCE", "1")
