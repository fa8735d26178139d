"""What values of conditions on visits, opens and clicks are chosen from: devices and systems."""

from contacts.words import DEVICES
from kernel.filters.choices import Choice, Question, among, offers
from tracking.signs import SYSTEMS


@offers("device")
def _devices(question: Question) -> list[Choice]:
    return among(DEVICES.items(), question)


@offers("system")
def _systems(question: Question) -> list[Choice]:
    return among(SYSTEMS.items(), question)
