"""Templates of other tools: they render as their makers say, with every link found."""

import csv
import re

import pytest

from content.links import Numbers, track_html
from content.message import MessageSource, compile_message, prepare
from content.problems import TemplateRefused
from content.tokens import TokenSet
from tests.shared_data import OWN, shared

TOKENS = TokenSet.of([])
LINK = re.compile(r"<(?:a|area)\b[^>]*?\shref=")
IMAGE = re.compile(r"<img\b")
# Placeholders of other systems become tokens of ours, their blocks go.
FOREIGN_BLOCK = re.compile(r"\{\{\s*(?:[#/.].*?|range .*?|end|\.)\s*\}\}")
FOREIGN_TOKEN = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def as_ours(source):
    return FOREIGN_TOKEN.sub(r"{{ event.\1 }}", FOREIGN_BLOCK.sub("", source))


def rows(path):
    with path.open() as lines:
        return list(csv.DictReader(lines))


def prepared_of(path):
    source = as_ours(path.read_text())
    part = "mjml" if path.suffix == ".mjml" else "html"
    return prepare(MessageSource(subject="x", **{part: source}), TOKENS)


@pytest.mark.parametrize(
    ("name", "links", "images"),
    [
        ("mailgun-action.html", 2, 0),
        ("sendgrid-digest.html", 3, 3),
        ("gomjml-complex-layout.mjml", 1, 1),
    ],
)
def test_a_template_kept_here_is_prepared_and_rendered(name, links, images):
    prepared = prepared_of(OWN / "email-templates" / name)
    mail = compile_message(prepared).render({}, click=lambda position, to: f"https://t/{position}")
    assert len(prepared.links) == links
    assert len(IMAGE.findall(mail.html)) == images
    assert mail.html.count("https://t/") == links
    assert len(mail.text.strip()) > 20


def test_all_shared_html_templates_keep_their_links_images_and_conditional_comments():
    folder = shared("email-templates", "html")
    for row in rows(folder / "expected.csv"):
        source = as_ours((folder / row["file"]).read_text())
        prepared = prepared_of(folder / row["file"])
        assert len(LINK.findall(prepared.html)) == int(row["links"]), row
        assert len(IMAGE.findall(prepared.html)) == int(row["images"]), row
        assert prepared.html.count("<!--[if") == source.count("<!--[if"), row
        numbers = Numbers()
        track_html(source, numbers)
        web = [link for link in numbers.links if link.destination.startswith("http")]
        assert len(web) == int(row["http"]), row


def test_all_shared_mjml_templates_are_laid_out_or_refused_as_expected():
    folder = shared("email-templates", "mjml")
    for row in rows(folder / "expected_mjml_4.15.3.csv"):
        unusable = (
            row["renders"] == "no" or row["tags"].count("unknown") or "include" in row["tags"]
        )
        if unusable:
            with pytest.raises(TemplateRefused):
                prepared_of(folder / row["file"])
            continue
        prepared = prepared_of(folder / row["file"])
        assert len(LINK.findall(prepared.html)) == int(row["links"]), row
        assert len(IMAGE.findall(prepared.html)) == int(row["images"]), row
        if row["title"]:
            assert f"<title>{row['title']}</title>" in prepared.html
