"""Walk through a new import on screen, as a signed-in person does."""

import re
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Import


def upload(screen: Client, file: Path | bytes | str, name: str = "people.csv") -> Any:
    """Send a file to the first step; return the answer."""
    content = file.read_bytes() if isinstance(file, Path) else file
    content = content.encode() if isinstance(content, str) else content
    name = file.name if isinstance(file, Path) else name
    return screen.post("/imports/new", {"file": SimpleUploadedFile(name, content)})


def begun(screen: Client, file: Path | bytes | str, name: str = "people.csv") -> str:
    """Send a file that can be read; return the address of its draft."""
    answer = upload(screen, file, name)
    assert answer.status_code == 302, answer.context["problems"]
    found = re.fullmatch(r"(/imports/\d+)/columns", answer["Location"])
    assert found
    return found[1]


def draft(at: str) -> Import:
    return Import.objects.get(pk=at.rsplit("/", 1)[1])


def goes(page: Any) -> dict[str, str]:
    """Return where each column goes, of those that go somewhere."""
    return {line["name"]: line["to"] for line in page.context["lines"] if line["to"]}


def states(page: Any) -> dict[str, str]:
    return {line["name"]: line["state"]["kind"] for line in page.context["lines"]}


def pick(screen: Client, at: str, column: str, to: str, **more: str) -> Any:
    """Choose where a column goes."""
    place = draft(at).plan["columns"].index(column)
    return screen.post(f"{at}/columns", {"column": place, "to": to, **more})
