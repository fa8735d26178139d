"""An import and a rebuild without end: `python -m tests.bench.pressure`, ended by its caller."""

import itertools
import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
    django.setup()
    from contacts.services.plan import Terms
    from contacts.services.upsert import write
    from kernel import clock
    from segments.models import Segment
    from segments.services import auditing, building, editing
    from segments.services.turns import Turn

    now = clock.now()
    if not Segment.objects.filter(name="Pressure").exists():
        tree = {"any": [{"field": "city", "op": "contains", "value": "1"}]}
        editing.create({"name": "Pressure", "filter": tree}, now=now)
        building.build(Turn())
    print("ready", flush=True)
    for turn in itertools.count():
        rows = [
            {"email": f"new{turn}-{number}@example.com", "city": f"City {number % 300}"}
            for number in range(2_000)
        ]
        write(rows, clock.now(), Terms(mode="upsert", source="bench", bulk=True))
        auditing.rebuild(None, Turn())


if __name__ == "__main__":
    main()
