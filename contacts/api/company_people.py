"""The people of a company: who belongs to it, as what, and whether it is their primary one."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import TruthField
from api.lists import ListView
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.consents import find_contact
from contacts.api.shapes import CompanyOfContactSerializer, ContactSerializer
from contacts.models import Company, Contact
from contacts.services import company_people
from contacts.services.company_records import survivor
from contacts.services.reading import flat
from kernel import clock
from kernel.permissions import Actor, narrow


def find_company(caller: Actor, number: int, verb: str) -> int:
    """Return the company if the caller may do this with it; a merged one's id finds the other."""
    number = survivor(number) or number
    if not narrow(Company.objects.filter(pk=number), caller, "companies", verb).exists():
        raise NotFound
    return number


class BelongingSerializer(Serializer):
    """How somebody belongs to a company."""

    role = serializers.CharField(max_length=120, allow_blank=True, required=False)
    primary = TruthField(default=False)


@endpoint("companies/<int:number>/contacts", name="company-contacts")
class People(ListView):
    """Everybody who belongs to a company."""

    kind = "companies"
    bare = True

    @extend_schema(responses=ContactSerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """Answer a page of those the caller may see."""
        company = find_company(self.caller, number, "view")
        rows = narrow(Contact.objects.only("id"), self.caller, "contacts", "view")
        rows = company_people.people_of(company, rows)
        return self.answer_list(rows, self.paging(), ContactSerializer)


@endpoint("companies/<int:number>/contacts/<int:contact>", name="company-contact")
class Person(ApiView):
    """That one person belongs to a company."""

    kind = "companies"
    verbs: ClassVar = {"put": "edit", "delete": "edit"}

    @extend_schema(request=BelongingSerializer, responses=CompanyOfContactSerializer)
    def put(self, request: Request, number: int, contact: int) -> Response:
        """Let them belong to it; `primary` makes it their primary company."""
        company, person = self._both(number, contact)
        body = BelongingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        role, primary = asked.get("role"), asked["primary"]
        try:
            company_people.link(company, person, clock.now(), role=role, primary=primary)
        except company_people.Gone as gone:
            raise NotFound from gone
        belongs = flat([person])[0]["companies"]
        return Response(next(each for each in belongs if each["id"] == str(company)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int, contact: int) -> Response:
        """Let them no longer belong to it."""
        company_people.unlink(*self._both(number, contact), clock.now())
        return Response(status=204)

    def _both(self, number: int, contact: int) -> tuple[int, int]:
        company = find_company(self.caller, number, "edit")
        return company, find_contact(self.caller, contact, "edit")
