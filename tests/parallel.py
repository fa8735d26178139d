"""Keeps the processes of a parallel run apart: a broker's database and a data folder for each.

Loaded as a plug-in, since Django must not have read its settings before.
"""

import os
from pathlib import Path

# `gw0`, `gw1` … in a process of a parallel run; databases are told apart by pytest-django.
_number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _number and "RELAIS_DATA" in os.environ:
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={int(_number) + 1}")
    _folder = Path(os.environ["RELAIS_DATA"], f"process-{_number}")
    (_folder / "staticfiles").mkdir(parents=True, exist_ok=True)
    os.environ["RELAIS_DATA"] = str(_folder)
