"""The desk on screen: tasks, notes, and both on the page of a contact."""

from desk.backoffice import notes, of_contact, tasks

urlpatterns = [*of_contact.urlpatterns, *notes.urlpatterns, *tasks.urlpatterns]
