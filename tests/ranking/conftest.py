import pytest


@pytest.fixture(autouse=True)
def _columns_in_temporary_folder():
    """Ranking knows no Django: its tests need no settings and no folder."""
