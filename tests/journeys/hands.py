"""What a marketer does with mouse and keyboard, in the language they chose."""

import email
import email.policy
import re
from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from playwright.sync_api import Locator, Page, expect

from tests.settle import settle


class Hands:
    """Clicks through the back office as somebody who reads what stands there."""

    def __init__(self, page: Page, picture: Callable[[Page, str], None]) -> None:
        self.page, self._picture = page, picture
        page.set_default_timeout(60_000)
        self.home = re.match(r"https?://[^/]+", page.url)[0]  # type: ignore[index]

    def picture(self, name: str) -> None:
        """Keep what is seen for the docs, which show it in English."""
        if get_language() == "en":
            self._picture(self.page, name)

    def go(self, path: str) -> None:
        self.page.goto(self.home + path)

    def hit(self, what: Locator) -> None:
        """Press a button, a link or a field."""
        what.click()

    def take(self, field: Locator, option: Locator) -> None:
        """Take one of what an open field offers."""
        option.click()

    def press(self, label: str) -> None:
        self.hit(self.page.get_by_role("button", name=label, exact=True))

    def write(self, label: str, text: str) -> None:
        """Fill a field in, whether or not its label says that it is optional."""
        said = re.compile(rf"^\s*{re.escape(label)}(\s+{_('optional')})?\s*$")
        self.page.get_by_label(said).fill(text)

    def choose(self, label: str, option: str, within: str = "body") -> None:
        """Open a field that searches, write what is wanted and take it."""
        field = self.page.locator(within).get_by_role("combobox", name=label, exact=True)
        self.hit(field)
        field.fill(option)
        self.take(field, self.page.locator(within).get_by_role("option", name=option).first)

    def import_people(self, name: str, content: str) -> None:
        """Walk through the wizard; nothing is written before its last step."""
        self.go("/imports/new")
        file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        self.page.get_by_label(_("Choose a file")).set_input_files([file])  # type: ignore[list-item]
        further = self.page.get_by_role("link", name=_("Continue: rules"))
        further.wait_for()
        self.picture("import")
        self.hit(further)
        self.press(_("Continue: check"))
        self.hit(self.page.locator("form[action$='/start'] button"))
        self.page.locator("#progress").wait_for()
        settle()

    def make_segment(self, name: str, field: str, value: str, count: int) -> None:
        """Build a filter of one condition, and watch whom it finds before saving."""
        self.go("/segments/new")
        self.write(_("Name"), name)
        self.hit(self.page.get_by_role("button", name=_("Condition"), exact=True).first)
        subject = self.page.locator(".fb-picker input")
        subject.fill(field)
        self.take(
            subject, self.page.locator(".fb-subjects").get_by_role("option", name=field).first
        )
        values = self.page.locator(".fb-row [role=combobox]")
        values.fill(value)
        row = self.page.locator(".fb-row")
        self.take(values, row.get_by_role("option", name=value, exact=True))
        expect(self.page.locator(".fb-figure b").first).to_have_text(str(count))
        self.press(_("Save segment"))
        self.page.get_by_role("heading", name=name).wait_for()
        settle()

    def write_email(self, name: str, subject: str) -> None:
        """Begin with the page every email begins with."""
        self.go("/emails/new/blank")
        self.write(_("Subject"), subject)
        self.press(_("Settings"))
        self.write(capfirst(_("name")), name)
        self.write(capfirst(_("sender's address")), "hello@example.org")
        self.page.locator("#id_state").select_option("published")
        self.press(_("Save"))
        saved = _("Saved at %(time)s") % {"time": ""}
        expect(self.page.locator("#email-status")).to_contain_text(saved.strip())

    def add_step(self, label: str, step: str) -> None:
        """Press a step of the palette: it comes after the last one, and its settings open."""
        steps = self.page.locator("#palette-steps")
        self.hit(steps.get_by_role("option", name=label, exact=True))
        self.page.locator(f"[data-step={step}]").wait_for()

    def draw_campaign(self, name: str, segment: str, message: str, tag: str) -> None:
        """An email to whoever is in the segment, and a tag for who opens it."""
        self.go("/campaigns/new")
        self.page.locator("#id_name").fill(name)
        self.press(_("Save"))
        self.page.locator(".step-node").first.wait_for()
        self.choose(_("Who is in, or joins, these segments"), segment, ".settings-panel")
        self.add_step(_("Send an email"), "action-1")
        self.choose(_("Email"), message, ".settings-panel")
        self.add_step(_("Email opened"), "decision-1")
        self.add_step(_("Change tags"), "action-2")
        field = self.page.locator(".settings-panel [role=combobox]").first
        field.fill(tag)
        self.take(field, self.page.locator(".settings-panel").get_by_role("option", name=tag))
        self.page.wait_for_selector("[data-saving=saved]")

    def publish(self) -> None:
        self.press(_("Publish v%(version)s…") % {"version": 1})
        self.press(_("Publish v%(version)s") % {"version": 1})
        expect(self.page.locator("#campaign-state")).to_have_text(pgettext("campaign", "Published"))
        settle()

    def people_at(self, step: str) -> Locator:
        """Look who waits at a step."""
        self.page.reload()
        self.hit(self.page.locator(f"[data-step={step}]"))
        self.hit(self.page.get_by_role("tab", name=re.compile(_("People"))))
        return self.page.locator(".settings-panel .people a")

    def mail_to(self, address: str) -> Any:
        """Open the captured mail to somebody, and return what went out."""
        self.go("/mailbox")
        row = self.page.get_by_role("row").filter(has_text=address)
        self.hit(row.get_by_role("link").first)
        self.page.locator("iframe.letter").wait_for()
        raw = self.page.request.get(f"{self.page.url}/source").body()
        return email.message_from_bytes(raw, policy=email.policy.default)


class Keys(Hands):
    """The same without a mouse: what is meant must be reached by Tab, and is pressed."""

    def hit(self, what: Locator) -> None:
        """Press Enter on it; a click would fail here if it could not be focused."""
        what.focus()
        expect(what).to_be_focused()
        self.page.keyboard.press("Enter")

    def take(self, field: Locator, option: Locator) -> None:
        """Go down what is offered, and press Enter on it."""
        option.wait_for()
        for _step in range(20):
            if option.evaluate("row => row.matches('[aria-selected=true], .at')"):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def add_step(self, label: str, step: str) -> None:
        """Find it by its name behind the last step, and open its settings."""
        self.page.locator("[data-step]").last.focus()
        self.page.keyboard.press("n")
        find = self.page.locator("#find-step")
        expect(find).to_be_focused()
        self.page.keyboard.type(label)
        self.page.wait_for_selector(".offer.at")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(f"[data-step={step}]")).to_be_focused()
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".settings-panel :focus")
