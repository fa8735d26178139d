"""What may be written in a template stands in docs/tokens.md."""

from content.filters import ARGUMENTS
from content.tokens import EMAIL, OWNER, SINGLE, TokenSet
from tests.shared_data import ROOT


def test_every_filter_and_token_stands_in_the_documentation():
    text = (ROOT / "docs" / "tokens.md").read_text()
    words = [f"`{name}" for name in (*ARGUMENTS, *SINGLE)]
    words += [f"`owner.{name}`" for name in OWNER] + [f"`email.{name}`" for name in EMAIL]
    words += [f"`{namespace}." for namespace, _ in TokenSet.of([]).namespaces]
    assert [word for word in words if word not in text] == []
