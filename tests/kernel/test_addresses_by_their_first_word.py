"""Addresses found by their first word lead where they led one by one."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import Resolver404, include, path, re_path, resolve, reverse

from kernel.addresses import by_first_word


def view(name):
    def answer(_request, **_values):
        return HttpResponse(name)

    answer.called = name
    return answer


ADDRESSES = [
    path("contacts/search", view("search"), name="search"),
    path("", view("start"), name="start"),
    re_path(r"^contacts$", view("list"), name="list"),
    re_path(r"^contacts/(?P<pk>[0-9]{1,19})$", view("one"), name="one"),
    path("<slug:page>/about", view("about"), name="about"),
    path("stages", view("stages"), name="stages"),
    path("settings/", include([path("users/<int:pk>", view("user"), name="user")])),
    path("settings/audit", view("audit"), name="audit"),
]
urlpatterns = [path("v1/", include(by_first_word(ADDRESSES)))]

pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def served():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize(
    ("address", "called", "values"),
    [
        ("", "start", {}),
        ("contacts", "list", {}),
        ("contacts/search", "search", {}),
        ("contacts/12", "one", {"pk": "12"}),
        ("contacts/about", "about", {"page": "contacts"}),
        ("stages", "stages", {}),
        ("settings/users/7", "user", {"pk": 7}),
        ("settings/audit", "audit", {}),
    ],
)
def test_each_leads_to_its_view_and_back(address, called, values):
    found = resolve(f"/v1/{address}")
    assert (found.func.called, found.kwargs) == (called, values)
    assert reverse(called, kwargs=values) == f"/v1/{address}"


@pytest.mark.parametrize("address", ["contact", "contactsx", "contacts/", "stages/1", "settings"])
def test_what_only_begins_alike_leads_nowhere(address):
    with pytest.raises(Resolver404):
        resolve(f"/v1/{address}")
