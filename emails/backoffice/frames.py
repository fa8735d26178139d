"""What a frame with somebody's HTML may do: nothing but look, and no foreign image unasked."""

from django.http import HttpRequest

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; {scripts}"
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox{rights}"
)
OWN_IMAGES, ALL_IMAGES = "'self' data:", "http: https: data:"


def policy(request: HttpRequest, nonce: str = "") -> str:
    """Return the policy of the frame a request is for; a nonce is our own filling script's."""
    images = ALL_IMAGES if "images" in request.GET else OWN_IMAGES
    scripts = f"script-src 'nonce-{nonce}'; " if nonce else ""
    return POLICY.format(images=images, scripts=scripts, rights=" allow-scripts" if nonce else "")
