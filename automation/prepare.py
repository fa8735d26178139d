"""What comes between the servers and the processes, and how a process takes its role."""

import os
from collections.abc import Callable, Mapping

from automation.processes import Process
from automation.translations import compile_catalogues


def load_everything() -> None:
    """Import all code once, so that forked processes start at once; opens no connection."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
    compile_catalogues()
    import django

    django.setup()
    from django.urls import get_resolver

    from automation.celery import app

    app.loader.import_default_modules()
    for pattern in get_resolver().url_patterns:
        getattr(pattern, "url_patterns", None)


def prepare(admin: Mapping[str, str], *, demo: bool = False) -> None:
    """Bring the tables up to date, see that somebody can sign in, and queue the sample data."""
    os.environ.update(admin)
    from django.core.management import call_command

    call_command("migrate", interactive=False)
    call_command("ensure_admin")
    # A backup may have brought back who was erased.
    call_command("replay_erasures", "--check")
    # What was sent since it was made would go out again.
    call_command("sending", "--check")
    # The addresses of the sample are closed wherever mails leave, whatever was set before.
    call_command("demo", "--offer" if demo else "--guard")


def live(process: Process) -> Callable[[], object]:
    """Give the function a forked child runs: take the role, then do the work."""

    def run() -> object:
        from django.conf import settings
        from django.db import connections

        from automation.environment import database_settings, load_environment
        from kernel.pulse import pulse

        os.environ["RELAIS_ROLE"] = process.role
        if process.role == "worker":
            # With Celery's soft shutdown: what is in hand is finished within the grace time.
            os.environ["REMAP_SIGTERM"] = "SIGQUIT"
        settings.RELAIS_ROLE = process.role
        environment = load_environment()
        if environment.relais_data is not None and process.has_pulse:
            pulse.show_in(environment.relais_data / "pulse" / process.name)
        url = environment.database_url
        connections.databases["default"].update(database_settings(url, process.role))
        return process.run()

    return run
