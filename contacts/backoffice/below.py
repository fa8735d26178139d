"""What stands below the list and the page of contacts: their deeds, each at its address."""

from typing import Any

from django.urls import path

from backoffice.resource import resource_of
from contacts.backoffice import duplicates, merging, people, restricting
from contacts.backoffice.agreeing import ChannelState, ConsentSaid
from contacts.backoffice.building import AsSegment, Counted
from contacts.backoffice.handing import HandOut
from contacts.backoffice.happenings import Timeline
from contacts.backoffice.inplace import OneField
from contacts.backoffice.tagging import ContactTags
from contacts.backoffice.wishing import Wishes
from contacts.backoffice.working import StopWork, Work

given: dict[str, Any] = {"resource": resource_of(people.Contacts.key), "kind": "contacts"}
making = {**given, "kind": "segments", "verb": "create"}
urlpatterns = [
    path("contacts/count", Counted.as_view(**given), name="contacts-count"),
    path("contacts/as-segment", AsSegment.as_view(**making), name="contacts-as-segment"),
    path("contacts/work", Work.as_view(**given), name="contacts-work"),
    path("contacts/work/<int:pk>/stop", StopWork.as_view(**given), name="contacts-work-stop"),
    path("contacts/duplicates", duplicates.Duplicates.as_view(**given), name="contacts-duplicates"),
    path("contacts/merge", merging.Merging.as_view(**given), name="contacts-merge"),
    path("contacts/<int:pk>/timeline", Timeline.as_view(**given), name="contacts-timeline"),
    path("contacts/<int:pk>/field", OneField.as_view(**given), name="contacts-field"),
    path("contacts/<int:pk>/tags", ContactTags.as_view(**given), name="contacts-tags"),
    path("contacts/<int:pk>/consent", ConsentSaid.as_view(**given), name="contacts-consent"),
    path("contacts/<int:pk>/hand-out", HandOut.as_view(**given), name="contacts-hand-out"),
    path(
        "contacts/<int:pk>/restriction",
        restricting.Restricting.as_view(**given),
        name="contacts-restriction",
    ),
    path(
        "contacts/<int:pk>/objection",
        restricting.Objecting.as_view(**given),
        name="contacts-objection",
    ),
    path("contacts/<int:pk>/wishes", Wishes.as_view(**given), name="contacts-wishes"),
    path(
        "contacts/<int:pk>/channels/<slug:channel>",
        ChannelState.as_view(**given),
        name="contacts-channel",
    ),
]
