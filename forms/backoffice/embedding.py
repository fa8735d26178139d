"""How a form gets into other sites: a link, a script, a frame, or HTML."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from backoffice.attachments import tab
from forms.models import Form
from forms.services import drawing
from kernel import preferences


@tab("forms", "embed", _lazy("Embed"), "forms/embed.html", order=30)
def embed(request: HttpRequest, form: Form) -> dict[str, Any]:
    """Write the codes to be copied."""
    site, alias = settings.SITE_URL, form.alias
    name = escape(form.name)
    script = f'<script src="{site}/f/form.js" data-relais-form="{alias}" async></script>'
    frame = (
        f'<iframe src="{site}/f/{alias}/frame" data-relais-form="{alias}" title="{name}"'
        f' style="width:100%;height:600px;border:0" loading="lazy"></iframe>\n'
        f'<script src="{site}/f/form.js" async></script>'
    )
    with override(form.language):
        context = {
            "drawn": drawing.drawn(form.content),
            "action": f"{site}/f/{alias}",
            "token": "",
            "address": "",
        }
        html = render_to_string("forms/form.html", context)
    lines = [line.rstrip() for line in html.splitlines() if line.strip()]
    return {
        "link": f"{site}/f/{alias}",
        "script": script.replace(" data-relais-form", "\n  data-relais-form"),
        "plain_script": script.replace(" async", ' data-style="none" async'),
        "frame": frame,
        "html": "\n".join(lines),
        "sites": preferences.get("tracking.sites"),
    }
