"""Send files to be imported, as a client of the REST API does."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.settle import settle

DATA = Path(__file__).parents[2] / "data" / "csv"
Answer = dict[str, Any]


def post(api: APIClient, file: Path | bytes | str, name: str = "", path: str = "", **options: Any):
    content = file.read_bytes() if isinstance(file, Path) else file
    content = content.encode() if isinstance(content, str) else content
    name = name or (file.name if isinstance(file, Path) else "people.csv")
    body = {"file": SimpleUploadedFile(name, content), "options": json.dumps(options)}
    return api.post(f"/api/v1/imports{path}", body, format="multipart")


def take(api: APIClient, file: Path | bytes | str, **options: Any) -> Answer:
    """Import a file to its end and return how it went."""
    answer = post(api, file, **options)
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "queued"
    settle()
    done: Answer = api.get(f"/api/v1/imports/{answer.json()['id']}").json()
    assert (done["state"], done["error"]) == ("done", "")
    return done


def counts(done: Answer) -> tuple[int, int, int, int, int]:
    """Return read, created, updated, unchanged, rejected."""
    names = ("read", "created", "updated", "unchanged", "rejected")
    return tuple(done[name] for name in names)


def problems(answer: Any) -> list[tuple[str, str]]:
    """Return where a request was refused, and why."""
    assert answer.status_code == 400, answer.content
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]
