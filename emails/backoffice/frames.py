"""What a frame with somebody's HTML may do: nothing but look, and no foreign image unasked."""

from django.http import HttpRequest

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; {scripts}"
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox{rights}"
)
# Of our origin, so that the page around hears its clicks; nothing in it can act.
DRAWN = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; frame-ancestors 'self';"
    " base-uri 'none'; form-action 'none'; sandbox allow-same-origin"
)
OWN_IMAGES, ALL_IMAGES = "'self' data:", "http: https: data:"


def policy(request: HttpRequest, nonce: str = "") -> str:
    """Return the policy of the frame a request is for; a nonce is our own filling script's."""
    images = _images(request)
    scripts = f"script-src 'nonce-{nonce}'; " if nonce else ""
    return POLICY.format(images=images, scripts=scripts, rights=" allow-scripts" if nonce else "")


def drawn_policy(request: HttpRequest) -> str:
    """Return the policy of the frame in which the design of an email is drawn."""
    return DRAWN.format(images=_images(request))


def _images(request: HttpRequest) -> str:
    return ALL_IMAGES if "images" in request.GET else OWN_IMAGES
