"""The action of posts: tell another system about each contact."""

from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.catalogue import whole
from contacts.services import filling
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from webhooks.forms import PostForm
from webhooks.services import posting
from webhooks.services.calls import METHODS, Call


@contact_actions.register
class PostToSystem(ContactAction):
    """Call another system about each contact; the contact goes on once it was taken."""

    key = "webhooks.post"
    label = gettext_lazy("Call another system")
    form = PostForm
    icon = "webhook"
    # Where a refusal is seen, and freed.
    places = frozenset({"campaign"})
    pointing: ClassVar[frozenset[str] | None] = frozenset({"field"})

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not hand out contacts: this leaves the workspace."""
        super().check_reach(user, verb)
        if user.reach("contacts", "export") is Reach.NONE:
            words = _("Only whoever may export contacts sends them to other systems.")
            raise ConfigProblem([{"field": "", "code": "not_allowed", "message": words}])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write the posts, or tell what became of them."""
        return posting.post(Call.of(self.config), batch, now)

    def describe(self) -> str:
        """Name the server."""
        host = urlsplit(self.config["url"]).hostname
        method = Call.of(self.config).method
        if method == METHODS[0]:
            return _("Send to %(host)s") % {"host": host}
        # What it does there, asking or deleting, is told by its method alone.
        return _("Call %(host)s (%(method)s)") % {"host": host, "method": method}

    def uses(self) -> list[tuple[str, int]]:
        """Point at the fields that go out."""
        paths = filling.tokens("\n".join(Call.of(self.config).texts()))
        # Also those whoever reads now may not see: what is used is not deleted.
        fields = whole()
        specs = [fields.get(path.partition(".")[2]) for path in paths if path[:8] == "contact."]
        return sorted({("field", spec.id) for spec in specs if spec and spec.id is not None})
