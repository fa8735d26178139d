"""How the mail server is named, encrypted and told apart from others."""

import smtplib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emails.smtp import Answer, Server
from tests.emails.letters import RAW
from tests.smtp_sink import Sink


def test_tls_is_used_when_offered_and_checked_when_required(deliver, tmp_path):
    with Sink(context=own_certificate(tmp_path)) as sink:
        assert deliver(sink).answer == Answer.ACCEPTED
        reply = deliver(sink, tls="required")
        assert reply.answer == Answer.DOWN
        assert "CERTIFICATE_VERIFY_FAILED" in reply.words


def test_python_s_own_client_finds_the_sink_in_order():
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("a@x.example", ["b@y.example", "c@y.example"], RAW)
        assert sink.mails[0].recipients == ("b@y.example", "c@y.example")
        assert sink.mails[0].raw == RAW


def test_the_server_is_read_from_its_address():
    server = Server.of_url("smtp://shop%40x:p%40ss@mail.example:587", name="x.example")
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example",
        587,
        "shop@x",
        "p@ss",
    )
    assert server.tls == "required"
    assert Server.of_url("smtps://mail.example").implicit_tls
    assert Server.of_url("smtp://127.0.0.1:2525").tls == "offered"
    for wrong in ("http://x", "smtp://", "smtp://x?tls=maybe"):
        with pytest.raises(ValueError, match=r"written|tls"):
            Server.of_url(wrong)


def own_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    file = folder / "sink.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
