"""Points on screen: the activity rank, rules, triggers, groups, and what a contact's page tells."""

from points.backoffice import activity, groups, of_contact, rules, triggers

urlpatterns = [
    *activity.urlpatterns,
    *groups.urlpatterns,
    *rules.urlpatterns,
    *triggers.urlpatterns,
    *of_contact.urlpatterns,
]
