"""Screens of the first steps, the dashboard, the workspace's settings and running jobs."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from backoffice import topbar
from backoffice.menu import Place, register
from dashboard.backoffice import jobs, sample, start, workspace

register(Place(_("Dashboard"), "start", "layout-dashboard", 0, bottom=True))
register(
    Place(_("Workspace"), "workspace", "adjustments", 905, kind="preferences", under="settings")
)
topbar.register("jobs-open")

urlpatterns = [
    path("", start.Start.as_view(), name="start"),
    path("first-steps", start.Steps.as_view(), name="first-steps"),
    path("first-steps/skip", start.Skip.as_view(), name="first-steps-skip"),
    path("first-steps/hide", start.Hide.as_view(), name="first-steps-hide"),
    path("first-steps/measuring", start.Measuring.as_view(), name="first-steps-measuring"),
    path("sample", sample.Change.as_view(), name="sample"),
    path("settings/workspace", workspace.Workspace.as_view(), name="workspace"),
    path("jobs", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/open", jobs.Open.as_view(), name="jobs-open"),
    path("jobs/<int:pk>/stop", jobs.Stop.as_view(), name="jobs-stop"),
]
