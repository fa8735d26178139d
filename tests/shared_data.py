"""Finds the shared test material, which is not part of the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "data"


def shared(*parts: str) -> Path:
    """The path of shared material; the test is skipped where it is missing."""
    places = [ROOT.parent / "shared" / "data", ROOT.parent.parent / "shared" / "data"]
    if named := os.environ.get("RELAIS_SHARED_DATA"):
        places.insert(0, Path(named))
    for place in places:
        if place.joinpath(*parts).exists():
            return place.joinpath(*parts)
    pytest.skip(f"{'/'.join(parts)} of the shared test material is not here")
