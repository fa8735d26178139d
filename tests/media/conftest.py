from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def kept(settings, tmp_path) -> Path:
    """Return the folder of all files, empty."""
    settings.MEDIA_FILES = tmp_path / "media"
    return settings.MEDIA_FILES
