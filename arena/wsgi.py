"""The web processes."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")

application = get_wsgi_application()

# Django imports the views with the first request: seconds that its visitor would wait, in each process.
get_resolver().url_patterns  # noqa: B018 - read for what it imports
