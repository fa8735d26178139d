"""SEC-30, SEC-31: an address is one mailbox, and headers of ours hold nothing else."""

import pytest

from emails.addresses import AddressRefused, checked
from emails.mime import write
from tests.emails.letters import letter


@pytest.mark.parametrize(
    "address",
    [
        '"a\r\nBcc: x"@d.example',
        "a@d.example,b@d.example",
        "a@d.example b@x.fr",
        "<a@d.example>",
        "a@d.example\x00",
        "a@d.example\r\nBcc: x@y.fr",
        "a@\u0430pple.example",
        "a" * 10_000 + "@d.example",
        "a@[127.0.0.1]",
        "a b@d.example",
        "a@d..example",
        "@d.example",
        "a@d",
        "a",
        "",
    ],
)
def test_an_address_that_is_not_one_mailbox_is_refused(address):
    with pytest.raises(AddressRefused):
        checked(address)
    for field in ("from_address", "to_address", "reply_to", "unsubscribe_address"):
        if address:
            with pytest.raises(AddressRefused):
                write(letter(**{field: address}))


def test_an_international_domain_goes_over_the_wire_in_ascii():
    raw = write(letter(to_address="zoe@Café.example"))
    assert b"\r\nTo: zoe@xn--caf-dma.example\r\n" in raw


@pytest.mark.parametrize(
    "changes",
    [
        {"unsubscribe_url": "https://x.example/ a"},
        {"unsubscribe_url": "https://x.example/\r\nBcc: x"},
        {"message_id": "<a@b>\r\nBcc: x"},
        {"message_id": "a@b"},
        {"headers": (("Bcc", "x@y.example"),)},
        {"headers": (("X-A\r\nBcc", "x"),)},
        {"headers": (("X A", "x"),)},
    ],
)
def test_headers_the_product_makes_itself_must_be_right(changes):
    with pytest.raises(ValueError, match=r"unsubscribe|Message-ID|further"):
        write(letter(**changes))
