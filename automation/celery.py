"""Celery carries hands, PostgreSQL the work: a lost or doubled task must change nothing."""

import os

from celery import Celery
from django.conf import settings

from automation import pulses  # noqa: F401 - connects its signals
from automation.environment import celery_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")

# Longer than the hard limit of a task, or Redis would hand it out twice. All readers of this
# value must agree, hence the three places.
VISIBILITY = 900

app = Celery("relais")
app.conf.update(
    broker_url=celery_url(settings.REDIS_URL),
    broker_transport_options={
        "visibility_timeout": VISIBILITY,
        "queue_order_strategy": "priority",
    },
    result_backend_transport_options={"visibility_timeout": VISIBILITY},
    visibility_timeout=VISIBILITY,
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=240,
    task_time_limit=300,
    # Acknowledged late, one each: a worker holds no more than it works on.
    worker_prefetch_multiplier=1,
    worker_eta_task_limit=1000,
    worker_soft_shutdown_timeout=10,
    # A task needs no broker, and one that was cancelled may count as running for ever.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_max_tasks_per_child=1000,
    worker_max_memory_per_child=300_000,
    worker_hijack_root_logger=False,
    timezone="UTC",
    task_default_queue="work",
    task_routes={"kernel.tick": {"queue": "tick"}},
    # The one entry of beat; what is due is decided in PostgreSQL. Old ticks are not worth a run.
    beat_schedule={"tick": {"task": "kernel.tick", "schedule": 1.0, "options": {"expires": 10}}},
)
app.autodiscover_tasks()
