"""Certificates are verified, always and by name."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest

from cronjobs_core.domain.executions import Reason
from cronjobs_core.domain.targets import Webhook
from cronjobs_core.testing.contracts.targets import a_run, deliver_in_time
from integration.http.conftest import Open
from servers.certificates import NAME, Certificates, make_certificates
from servers.hostile import HostileServer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority and a server's certificate."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def asked_names() -> list[str | None]:
    """Give the names that clients asked the TLS server for."""
    return []


@pytest.fixture
async def tls_target(
    certificates: Certificates, asked_names: list[str | None]
) -> AsyncIterator[HostileServer]:
    """Give a target with a certificate for ok.test."""
    async with HostileServer(tls=certificates.server(asked_names)) as server:
        yield server


def loopback(_: str) -> list[str]:
    """Resolve every name to this machine."""
    return ["127.0.0.1"]


async def test_the_name_is_kept_while_the_address_is_pinned(
    open_deliverer: Open,
    certificates: Certificates,
    tls_target: HostileServer,
    asked_names: list[str | None],
) -> None:
    """A virtual host gets its own name in the handshake and in the request (S28)."""
    deliverer = open_deliverer(ssl_context=certificates.client(), lookup=loopback)
    run = a_run(Webhook(url=tls_target.url("/ok", NAME)))
    assert (await deliver_in_time(deliverer, run)).succeeded
    assert (await deliver_in_time(deliverer, run)).succeeded
    assert asked_names == [NAME]
    assert tls_target.requests[0].headers["host"] == f"{NAME}:{tls_target.port}"


async def test_a_certificate_for_another_name_is_refused(
    open_deliverer: Open, certificates: Certificates, tls_target: HostileServer
) -> None:
    """A target must prove that it is the one named in the URL (S39)."""
    deliverer = open_deliverer(ssl_context=certificates.client(), lookup=loopback)
    run = a_run(Webhook(url=tls_target.url("/ok", "other.test")))
    delivery = await deliver_in_time(deliverer, run)
    assert delivery.reason is Reason.CONNECTION
    assert delivery.error_message == (
        "Webhook call failed: the certificate was not accepted: "
        "Hostname mismatch, certificate is not valid for 'other.test'."
    )
    assert tls_target.requests == []


async def test_a_certificate_of_an_unknown_authority_is_refused(
    open_deliverer: Open, tls_target: HostileServer
) -> None:
    """By default the system's authorities are trusted and nobody else (S39)."""
    run = a_run(Webhook(url=tls_target.url("/ok", NAME)))
    delivery = await deliver_in_time(open_deliverer(lookup=loopback), run)
    assert delivery.reason is Reason.CONNECTION
    assert (delivery.error_message or "").startswith(
        "Webhook call failed: the certificate was not accepted: "
    )
    assert tls_target.requests == []


async def test_a_target_that_speaks_no_tls_is_a_failed_connection(open_deliverer: Open) -> None:
    """An https URL is never spoken to in the clear."""

    def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        run = a_run(Webhook(url=f"https://127.0.0.1:{port}/"))
        delivery = await deliver_in_time(open_deliverer(), run)
    assert delivery.reason is Reason.CONNECTION
    assert (delivery.error_message or "").startswith("Webhook call failed: TLS failed: ")


async def test_tls_that_breaks_after_the_handshake_is_a_failed_connection(
    open_deliverer: Open, certificates: Certificates, tls_target: HostileServer
) -> None:
    """A damaged record, or a late alert, ends the run like any other lost connection."""
    deliverer = open_deliverer(ssl_context=certificates.client(), lookup=loopback)
    run = a_run(Webhook(url=tls_target.url("/break-tls", NAME)))
    delivery = await deliver_in_time(deliverer, run)
    assert delivery.reason is Reason.CONNECTION
    assert (delivery.error_message or "").startswith("Webhook call failed: TLS failed: ")
