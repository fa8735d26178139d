"""Stages on screen."""

from stages.backoffice import funnel, stages

# The funnel first: its address is like that of a stage.
urlpatterns = [*funnel.urlpatterns, *stages.urlpatterns]
