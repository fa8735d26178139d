"""The floor plan holds: what import-linter cannot see."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignObject

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
TOOLKITS = {"kernel", "api", "backoffice"}
SOURCES = [
    file
    for app in [*settings.LOCAL_APPS, "automation"]
    for file in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in file.parts
]


def linter() -> dict[str, Any]:
    settings_of_tools: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: dict[str, Any] = settings_of_tools["tool"]["importlinter"]
    return found


def floors() -> list[set[str]]:
    """Read the layers of import-linter, the highest first."""
    return [set(re.findall(r"\w+", layer)) for layer in linter()["contracts"][0]["layers"]]


def floor_of(app: str) -> int:
    """Count from below: a higher number may use a lower one."""
    found = [number for number, names in enumerate(reversed(floors())) if app in names]
    return found[0]


@pytest.mark.parametrize("app", settings.LOCAL_APPS)
def test_every_local_app_stands_on_a_floor_and_is_watched(app: str) -> None:
    assert any(app in names for names in floors()), f"{app} is on no floor in pyproject.toml"
    assert app in linter()["root_packages"], f"{app} is missing from root_packages"
    rooms = linter()["contracts"][1]["containers"]
    assert app in TOOLKITS or app in rooms, f"{app} is missing from the contract of the rooms"


def test_every_package_at_the_top_is_a_local_app() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    assert packages == {*settings.LOCAL_APPS, "automation", "tests"}


def test_foreign_keys_point_down() -> None:
    """String foreign keys too, and labels that differ from their app's name."""
    upward = []
    for model in apps.get_models(include_auto_created=True):
        app = model._meta.app_config.name
        if app not in settings.LOCAL_APPS:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignObject) and not field.auto_created:
                other = field.related_model._meta.app_config.name
                swappable = field.related_model._meta.label == settings.AUTH_USER_MODEL
                local = other in settings.LOCAL_APPS and other != app
                if local and not swappable and floor_of(other) >= floor_of(app):
                    upward.append(f"{model._meta.label}.{field.name} → {other}")
    assert upward == []


def test_no_source_file_is_longer_than_400_lines() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_screens_are_named_not_spelt() -> None:
    """An address written by hand outlives its screen: `reverse` fails at once."""
    screens = "audit|campaigns|companies|contacts|emails|exports|imports|mailbox|profile|segments"
    spelt = re.compile(rf"""["'(]/({screens}|settings|stages|tasks)(/|["'?])""")
    found = {
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in SOURCES
        for line in file.read_text().splitlines()
        if spelt.search(line)
    }
    assert found == set()


def test_dates_are_written_by_one_module() -> None:
    """`kernel.moments` in code, its filters in templates; no other style on screens."""
    other = re.compile(r"\|(date|time):(?!.c.)|date_format\(|time_format\(|naturaltime|\|timesince")
    places = [*SOURCES, *sorted((ROOT / "templates").rglob("*.html"))]
    found = {
        f"{file.relative_to(ROOT)}: {line.strip()[:80]}"
        for file in places
        for line in file.read_text().splitlines()
        if other.search(line)
    }
    assert found == set()


def test_every_source_file_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in SOURCES
        if file.read_text().strip() and not file.read_text().lstrip().startswith('"""')
    ]
    assert silent == []
