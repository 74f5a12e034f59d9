from datetime import timedelta

import pytest
from django.db import connections
from django.db.utils import load_backend
from django.utils import timezone


@pytest.fixture
def second_connection(transactional_db):
    """Another session on the test database, as another process would have."""
    settings = connections["default"].settings_dict
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper({**settings}, "second")
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def _columns_in_temporary_folder(settings, tmp_path):
    """No test sees another one's columns or uploads."""
    settings.COLUMNS_ROOT = tmp_path / "columns"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def time_machine(monkeypatch):
    """Moves the clock of the edges; the domain is given its time."""
    real = timezone.now

    def travel(**distance):
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**distance))

    return travel
