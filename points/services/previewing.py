"""How many people would be active by settings that nobody has kept yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from kernel.filters.questions import within_time
from points.services.scoring import Scoring

PATIENCE_MS = 5_000


def active(settings: Mapping[str, Any], now: datetime) -> int | None:
    """Count them; None when that takes too long to wait for."""
    scoring = Scoring(settings, now)
    try:
        with within_time(None, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM ({scoring.scores()}) s",  # noqa: S608 - a statement of ours
                scoring.parameters(),
            )
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
