"""./dev manage: a management command against the data folder."""

import os
import sys
from pathlib import Path

from automation.dev.run import run
from automation.embedded.folder import DataFolder, default_folder
from automation.embedded.session import serving


def main(words: list[str]) -> int:
    data = default_folder()
    if words[:1] == ["--data"] and len(words) > 1:
        data, words = Path(words[1]), words[2:]
    elif words and words[0].startswith("--data="):
        data, words = Path(words[0].removeprefix("--data=")), words[1:]
    os.umask(0o077)
    with serving(DataFolder(data.resolve())) as environment:
        return run([sys.executable, "manage.py", *words], os.environ | environment)
