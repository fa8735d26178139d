"""./dev manage: a management command against the data folder."""

import os
import sys

from automation.dev.run import run
from automation.embedded.folder import find_folder
from automation.embedded.session import serving


def main(words: list[str]) -> int:
    data = None
    if words[:1] == ["--data"] and len(words) > 1:
        data, words = words[1], words[2:]
    elif words and words[0].startswith("--data="):
        data, words = words[0].removeprefix("--data="), words[1:]
    os.umask(0o077)
    with serving(find_folder(data)) as environment:
        return run([sys.executable, "manage.py", *words], os.environ | environment)
