"""In a browser: an image is brought in or chosen, and nothing else of the email changes."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from kernel import clock
from media.models import Image
from media.services import files, library
from tests.emails.people import make_email
from tests.media.drawing import drawn

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = (
    "<mjml>\n  <mj-body>\n    <!-- Kept -->\n    <mj-hero%s>\n"
    "      <mj-text>Hello   there</mj-text>\n    </mj-hero>\n    <mj-section><mj-column>\n"
    "      <mj-image %s href='https://x.example/' />\n    </mj-column></mj-section>\n"
    "  </mj-body>\n</mjml>\n"
)


@pytest.fixture
def asked(open_page: Any, settings: Any, tmp_path: Path) -> Any:
    """Open the design, and the dialog for what the structure calls so."""
    settings.MEDIA_FILES = tmp_path / "media"

    def ask(block: str) -> tuple[Any, Any]:
        email = make_email(mjml=PAGE % ("", 'src=""'), html="", subject="Hello")
        page = open_page(f"/emails/{email.pk}/edit")
        page.frame_locator("#email-design iframe").locator(".relais-b-0").wait_for()
        page.locator("#design-structure").click()
        page.get_by_role("treeitem").filter(has_text=block).click()
        page.get_by_role("button", name="Choose an image").click()
        return page, page.get_by_role("dialog", name="Choose an image")

    return ask


def test_an_image_of_the_library_brings_its_description_and_its_width(asked: Any, alice: User):
    page, dialog = asked("Image")
    told = {"name": "Harbour", "alt": 'Ships & "boats"'}
    harbour = library.add(library.prepared(drawn((300, 100))), told, alice, clock.now())
    dialog.get_by_role("searchbox").fill("harb")
    dialog.get_by_role("button", name="Harbour").click()
    expect(dialog).to_have_count(0)
    source = page.locator("#id_mjml")
    address = files.address(harbour.file("mail").name)
    expect(source).to_have_value(re.compile(re.escape(address)))
    written = source.input_value()
    image = written.split("<mj-image ")[1].split("href")[0] + written.split(".example/'")[1][:60]
    assert f'src="{address}"' in image
    assert 'alt="Ships &amp; &quot;boats&quot;"' in image
    assert 'width="300px"' in image
    before, after = (PAGE % ("", 'src=""')).split("<mj-image ")
    assert written.startswith(before)
    assert written.endswith(after.partition("/>")[2])
    drawn_there = page.frame_locator("#email-design iframe").locator("img")
    expect(drawn_there).to_have_js_property("naturalWidth", 300)


def test_an_image_brought_in_is_the_background_of_a_banner(
    asked: Any, open_page: Any, alice: User, tmp_path: Path
):
    # Of the refusal.
    open_page.meant.append("400")
    page, dialog = asked("Banner")
    # What is refused says why, and changes nothing.
    (tmp_path / "mark.svg").write_bytes(b"<svg onload='alert(1)'/>")
    dialog.locator("input[type=file]").set_input_files(tmp_path / "mark.svg")
    expect(dialog.get_by_role("alert")).to_contain_text("Save it as PNG")
    (tmp_path / "summer.jpg").write_bytes(drawn((2400, 1200), "JPEG"))
    dialog.locator("input[type=file]").set_input_files(tmp_path / "summer.jpg")
    expect(dialog).to_have_count(0)
    banner = Image.objects.get()
    assert (banner.name, banner.owner) == ("summer", alice)
    put = (
        f' background-url="{files.address(banner.file("mail").name)}"'
        ' background-width="600px" background-height="300px"'
    )
    expect(page.locator("#id_mjml")).to_have_value(PAGE % (put, 'src=""'))
