"""What a new email begins with: a design of the gallery, a page with one text, or HTML."""

from typing import Any

from django.http import Http404
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from emails.services import gallery, starting
from kernel import preferences

BLANK, CODE = "blank", "code"
MJML = """<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="24px" color="#1f2430" />
      <mj-button background-color="#2657d9" border-radius="6px" inner-padding="12px 24px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f2f3f5">
    <mj-section padding="32px 0 12px">
      <mj-column>
        <mj-text align="center" font-size="14px" color="#636b7a">{brand}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff" border-radius="8px" padding="24px 16px">
      <mj-column>
        <mj-text font-size="24px" line-height="32px" font-weight="700">{title}</mj-text>
        <mj-text>{hello} {{{{ contact.first_name|default("{friend}") }}}},</mj-text>
        <mj-text>{body}</mj-text>
        <mj-button href="{link}" align="left">{button}</mj-button>
      </mj-column>
    </mj-section>
    <mj-section padding="16px 0 32px">
      <mj-column>
        <mj-text align="center" font-size="12px" line-height="18px" color="#636b7a">
          {{% if footer_reason %}}{{{{ footer_reason }}}}<br />{{% endif %}}
          {{% if postal_address %}}{{{{ postal_address }}}}<br />{{% endif %}}
          <a href="{{{{ preferences_url }}}}" style="color:#636b7a">{preferences}</a> ·
          <a href="{{{{ unsubscribe_url }}}}" style="color:#636b7a">{leave}</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


HTML = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
</head>
<body>
  <h1>{title}</h1>
  <p>{body}</p>
</body>
</html>
"""


def begun(key: str, language: str) -> dict[str, Any]:
    """Return the first values of the form; `Http404` where there is no such design."""
    if design := gallery.designs().get(key):
        email = design.email(language)
        names = ("subject", "preheader", "mjml", "kind", "language")
        return {"mode": "mjml", **{name: getattr(email, name) for name in names}}
    with translation.override(language):
        if key == BLANK:
            return {"mode": "mjml", "mjml": mjml(), "language": language}
        if key == CODE:
            words = {"title": starting.TITLE, "body": starting.BODY}
            html = HTML.format(language=language, **words)
            return {"mode": "html", "html": html, "language": language}
    raise Http404


def mjml() -> str:
    """Write the page in the language in force, under the sender's name."""
    brand = escape(preferences.get("emails.from_name") or str(starting.BRAND))
    return MJML.format(
        brand=brand,
        title=starting.TITLE,
        hello=_("Hello"),
        friend=_("friend"),
        body=starting.BODY,
        link=starting.LINK,
        button=_("Have a look"),
        preferences=_("Your preferences"),
        leave=_("Unsubscribe"),
    )
