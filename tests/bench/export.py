"""Export everybody with thirty custom fields, beside COPY of the very same statement to a file.

The limit writes what the server makes of the rows: nothing is guarded, nothing saved on the way.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from accounts.models import BuiltIn, Role, User
from contacts.models import Export
from contacts.services.exports.files import discard, path_of
from contacts.services.exports.start import Wanted, queue
from kernel import clock
from kernel.jobs import Jobs
from kernel.sources import Chosen, Selected, sources
from tests.bench.bench import Bench
from tests.bench.population import populate

AT_LEAST = 0.3
MEGABYTES = 300


def run(bench: Bench) -> None:
    bench.on("people", populate)
    role = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    user = User.objects.create_user("bench@example.com", None, role=role)
    source = sources.get("contacts.contacts")
    assert source is not None
    selected = source().selected(user, Chosen())
    limit = bench.size / bench.measure(lambda: _by_hand(selected))
    for kind, wanted in (("csv", AT_LEAST), ("xlsx", None)):
        row = queue(user, Wanted("contacts.contacts", Chosen(), kind), clock.now())
        # Forget the largest so far.
        Path("/proc/self/clear_refs").write_text("5")
        seconds = bench.measure(lambda: Jobs().work(clock.now()))
        row.refresh_from_db()
        assert (row.state, row.rows) == (Export.State.DONE, bench.size), row.error
        name = f"rows exported, {len(selected.columns)} columns, {kind.upper()}"
        bench.metric(name, bench.size / seconds, "rows/s", limit=limit, at_least=wanted)
        name = f"largest memory, {kind.upper()}"
        bench.metric(name, _largest(), "MB", limit=MEGABYTES, at_least=1.0)
        discard(path_of(row.file))


def _largest() -> float:
    """Return the most memory this process has held, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _by_hand(selected: Selected) -> None:
    with connection.cursor() as cursor, TemporaryDirectory() as folder:
        statement = cursor.mogrify(selected.statement, list(selected.parameters)).decode()
        with (Path(folder) / "people.csv").open("w") as file:
            cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)", file)
