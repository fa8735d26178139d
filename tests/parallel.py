"""Keeps the processes of a parallel run apart, and gives each of them work to the end.

A broker's database and a data folder for each. Loaded as a plug-in, since Django must not have
read its settings before.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# One installation serves all of them: in one process it starts once.
TOGETHER = "tests/faults/"

# `gw0`, `gw1` … in a process of a parallel run; databases are told apart by pytest-django.
_number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _number and "RELAIS_DATA" in os.environ:
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={int(_number) + 1}")
    _folder = Path(os.environ["RELAIS_DATA"], f"process-{_number}")
    (_folder / "staticfiles").mkdir(parents=True, exist_ok=True)
    os.environ["RELAIS_DATA"] = str(_folder)


class Units(LoadFileScheduling):
    """A file goes to one process, and so do all files that share an installation."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    return Units(config, log)
