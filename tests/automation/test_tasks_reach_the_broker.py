"""Every process that can enqueue talks to our broker, by rules that lose nothing."""

import redis
from celery import current_app
from django.conf import settings

from kernel.tasks import work


def test_a_task_lies_in_the_queue_it_was_sent_to() -> None:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    before = broker.llen("testing")
    work.apply_async(["no.such"], queue="testing", retry=False)
    assert broker.llen("testing") == before + 1
    broker.delete("testing")


def test_what_a_lost_worker_held_is_handed_out_again() -> None:
    conf = current_app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit


def test_tasks_carry_ids_as_json_and_leave_no_results() -> None:
    assert current_app.conf.accept_content == ["json"]
    assert current_app.conf.task_ignore_result
