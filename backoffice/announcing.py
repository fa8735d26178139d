"""Long work whose end is announced: to whoever began it, on whatever page they are by then."""

from typing import Any

from django.http import HttpRequest

from kernel.models import Job

MOST = 20
_KEY = "announce"
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def watch(request: HttpRequest, job: int) -> None:
    """Keep in mind that this user waits for the end of a job."""
    request.session[_KEY] = [*request.session.get(_KEY, ()), job][-MOST:]


def over(request: HttpRequest) -> list[Job]:
    """Return those that have ended meanwhile, each once."""
    watched = request.session.get(_KEY)
    if not watched:
        return []
    user: Any = request.user
    found = list(Job.objects.filter(pk__in=watched, user_id=user.pk).order_by("pk"))
    going = [job.pk for job in found if job.state in OPEN]
    if going != watched:
        request.session[_KEY] = going
    return [job for job in found if job.state not in OPEN]
