"""Tells the filters when an owner is deleted: what was theirs is nobody's from then on."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from contacts.models import Contact
from kernel.changes import announce


@receiver(pre_delete, sender=get_user_model())
def _tell(instance: Any, **_signal: Any) -> None:
    theirs = Contact.objects.filter(owner=instance).values_list("pk", flat=True)
    announce(theirs, ["field:owner"], bulk=True)
    at_theirs = Contact.objects.filter(company__owner=instance).values_list("pk", flat=True)
    announce(at_theirs, ["company:owner"], bulk=True)
