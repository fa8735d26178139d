"""What tests of the law share with those of tracking."""

import pytest

from tests.tracking.conftest import site, spooled

__all__ = ["site", "spooled"]


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path):
    """Let no file of another test be found."""
    settings.PRIVATE_ROOT = tmp_path / "private"
