"""What the dashboard does in the background: figures by day, and the sample."""

from datetime import timedelta

from dashboard.demo import loading, removing
from dashboard.models import DayFigure
from dashboard.services import counting
from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

COUNT = "dashboard.count"


@handles(COUNT)
def count(job: Claimed) -> None:
    """Count the latest days."""
    counting.refresh(clock.now())


@handles("dashboard.sample")
def sample(job: Claimed) -> None:
    """Bring the sample data, or take it away."""
    now = clock.now()
    if job.args["do"] == "load":
        loading.load(now, owner_id=job.user_id)
    else:
        removing.remove(now)
    counting.forget_all()
    counting.refresh(now)


def _pace() -> timedelta:
    """Look more often while there is nothing yet: somebody is just beginning."""
    begun = DayFigure.objects.filter(number__gt=0).exists()
    return timedelta(minutes=5 if begun else 1)


scheduled(COUNT, _pace)
