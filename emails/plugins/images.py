"""Emails show images of the library."""

from emails.services import renewing
from media.services import showing

showing.declare(showing.Place(outdated=renewing.outdated, renew=renewing.renew))
