"""Whatever a target does, its run ends in time, with a reason, a sentence and little memory."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cronjobs_adapters.http import HttpDeliverer
from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.targets import Webhook
from cronjobs_core.testing.contracts.targets import a_run, deliver_in_time
from servers.hostile import HostileServer
from servers.sockets import (
    closed_port,
    open_files,
    port_that_never_accepts,
    port_that_never_speaks,
)

SECRET = "marker-of-a-secret"  # noqa: S105 -- a marker
DEADLINE = 0.3
MIB = 1024 * 1024

LATE = (
    "Webhook call failed: no complete answer within 0.3 seconds; "
    "the target may have received the request"
)
MALFORMED = "Webhook call failed: the answer is cut short or is not valid HTTP"
SILENT = "Webhook call failed: the target closed the connection without an answer"
RESET = "Webhook call failed: connection reset by peer"

BAD_ENDS = {
    "blackhole": (Reason.TIMEOUT, LATE),
    "late/2": (Reason.TIMEOUT, LATE),
    "drip/1/0.05": (Reason.TIMEOUT, LATE),
    "drip-headers/0.05": (Reason.TIMEOUT, LATE),
    "half-then-hang": (Reason.TIMEOUT, LATE),
    "continues": (Reason.TIMEOUT, LATE),
    "reset": (Reason.CONNECTION, RESET),
    "reset-after-headers": (Reason.CONNECTION, RESET),
    "hang-up": (Reason.CONNECTION, SILENT),
    "half-then-close": (Reason.BAD_RESPONSE, MALFORMED),
    "bad-headers": (Reason.BAD_RESPONSE, MALFORMED),
    "long-header/1000000": (Reason.BAD_RESPONSE, MALFORMED),
    "many-headers/10000": (Reason.BAD_RESPONSE, MALFORMED),
    "status/400": (Reason.HTTP_STATUS, "Webhook returned status 400"),
    "status/500": (Reason.HTTP_STATUS, "Webhook returned status 500"),
    "status/304": (Reason.HTTP_STATUS, "Webhook returned status 304"),
}

RAW = {
    "not-http": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Reason.BAD_RESPONSE),
    "without-headers": (b"just a body, as in HTTP/0.9\r\n\r\n", Reason.BAD_RESPONSE),
    "status-of-letters": (b"HTTP/1.1 two OK\r\n\r\n", Reason.BAD_RESPONSE),
    "two-lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        Reason.BAD_RESPONSE,
    ),
    "bad-chunk": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok",
        Reason.BAD_RESPONSE,
    ),
    "folded-nul": (b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", Reason.BAD_RESPONSE),
    "upgrade": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", Reason.BAD_RESPONSE),
}


async def call(
    deliverer: HttpDeliverer, target: HostileServer, path: str, deadline: float = DEADLINE
) -> Delivery:
    """Deliver to `path` of the target, with a secret in the query."""
    url = target.url(f"/{path}?key={SECRET}")
    return await deliver_in_time(deliverer, a_run(Webhook(url=url), deadline=deadline))


def resident_bytes() -> int:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def little_memory() -> AsyncIterator[None]:
    """Fail the test if the process grows by 50 MiB at any moment of the block."""
    before = peak = resident_bytes()

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, resident_bytes())
            await asyncio.sleep(0.001)

    watcher = asyncio.create_task(watch())
    yield
    watcher.cancel()
    assert max(peak, resident_bytes()) - before < 50 * MIB


@pytest.mark.parametrize("path", BAD_ENDS)
async def test_each_misbehaviour_has_its_reason_and_sentence(
    deliverer: HttpDeliverer, target: HostileServer, path: str
) -> None:
    """People read what went wrong, and never the URL's query."""
    delivery = await call(deliverer, target, path)
    assert (delivery.succeeded, delivery.reason, delivery.error_message) == (False, *BAD_ENDS[path])
    assert SECRET not in repr(delivery)


@pytest.mark.parametrize("name", RAW)
async def test_an_answer_that_is_not_http_is_a_bad_response(
    deliverer: HttpDeliverer, target: HostileServer, name: str
) -> None:
    """Bytes that are no answer are the target's fault and end the run as such."""
    target.raw[name], reason = RAW[name]
    assert (await call(deliverer, target, f"raw/{name}")).reason is reason


async def test_a_request_that_timed_out_is_not_sent_again(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """The target may have done the work, so it is asked once (C059)."""
    await call(deliverer, target, "late/1")
    await asyncio.sleep(DEADLINE)
    assert len(target.requests) == 1


async def test_a_port_that_nobody_listens_on_refuses_the_connection(
    deliverer: HttpDeliverer,
) -> None:
    """A service that is down is named as such, without its address."""
    run = a_run(Webhook(url=f"http://127.0.0.1:{closed_port()}/?key={SECRET}"))
    delivery = await deliver_in_time(deliverer, run)
    assert delivery.reason is Reason.CONNECTION
    assert delivery.error_message == "Webhook call failed: connection refused"


async def test_a_connection_that_is_never_taken_ends_with_the_deadline(
    deliverer: HttpDeliverer,
) -> None:
    """Connecting counts against the deadline like everything else."""
    with port_that_never_accepts() as port:
        run = a_run(Webhook(url=f"http://127.0.0.1:{port}/"), deadline=DEADLINE)
        delivery = await deliver_in_time(deliverer, run)
    assert delivery.reason is Reason.TIMEOUT


async def test_a_tls_handshake_that_stalls_ends_with_the_deadline(
    deliverer: HttpDeliverer,
) -> None:
    """The handshake counts against the deadline, and its socket does not stay behind."""
    before = open_files()
    with port_that_never_speaks() as port:
        run = a_run(Webhook(url=f"https://127.0.0.1:{port}/"), deadline=DEADLINE)
        delivery = await deliver_in_time(deliverer, run)
        await asyncio.sleep(0)
        assert open_files() == before + 1  # the listener's own
    assert delivery.reason is Reason.TIMEOUT


@pytest.mark.parametrize("path", [f"big/{1024 * MIB}", "endless", "tiny-chunks"])
async def test_a_body_without_end_costs_little_and_counts_by_its_status(
    deliverer: HttpDeliverer, target: HostileServer, path: str
) -> None:
    """Of a gigabyte the first thousand characters are kept, and the rest is never read."""
    async with little_memory():
        delivery = await call(deliverer, target, path, deadline=5)
    assert delivery.succeeded
    assert delivery.output == "x" * 1000


async def test_a_compressed_bomb_is_not_unpacked(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """Fifty kilobytes that would unpack to fifty megabytes are left as they are (C055)."""
    await call(deliverer, target, "gzip-bomb", deadline=5)  # the server packs it
    async with little_memory():
        delivery = await call(deliverer, target, "gzip-bomb", deadline=5)
    assert delivery.succeeded
    assert delivery.output == "[compressed answer (gzip), not unpacked]"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", b"ok\x00\xff\xfe", "ok\ufffd\ufffd\ufffd"),
        ("text/plain; charset=utf-8", "grün".encode(), "grün"),
        ("text/plain; charset=ISO-8859-1", b"gr\xfcn", "grün"),
        ("text/plain; charset=shift_jis", "完了".encode("shift_jis"), "完了"),
        ("text/plain; charset=unicode_escape", rb"\q\u0000", rb"\q\u0000".decode()),
        ("text/plain; charset=no-such-thing", b"ok", "ok"),
        ("text/plain; charset=iso-8859-99", b"ok", "ok"),
        ("text/plain; charset=zlib", b"ok", "ok"),
        ("text/plain", b"a" * 999 + "üü".encode(), "a" * 999 + "ü"),
        ("text/plain", b"", ""),
    ],
)
async def test_any_bytes_become_a_text_that_can_be_stored(
    deliverer: HttpDeliverer, target: HostileServer, content_type: str, body: bytes, text: str
) -> None:
    """Odd bytes and odd charsets end in characters that every database takes (C061)."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    target.raw["body"] = head.encode() + body
    delivery = await call(deliverer, target, "raw/body")
    assert delivery.succeeded
    assert delivery.output == text


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://other.example/new?token=marker-2#x", "https://other.example/new"),
        ("https://user:marker-2@other.example/", "https://other.example/"),
        ("/elsewhere?token=marker-2", "/elsewhere"),
        ("http://[broken?token=marker-2", None),
    ],
)
async def test_a_redirect_is_a_failure_that_says_where_it_points(
    deliverer: HttpDeliverer, target: HostileServer, location: str, shown: str | None
) -> None:
    """Nothing is sent to where a redirect points, and no secret of its address is shown (T41)."""
    delivery = await call(deliverer, target, f"redirect/302/{location.replace('?', '%3F')}")
    where = "" if shown is None else f" (to {shown})"
    expected = f"Webhook returned status 302; redirects are not followed{where}"
    assert delivery.error_message == expected
    assert delivery.reason is Reason.HTTP_STATUS
    assert "marker-2" not in repr(delivery)
    assert len(target.requests) == 1


async def test_a_redirect_to_this_very_server_is_not_followed(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A target that could be reached is not reached through another (C056)."""
    async with HostileServer() as other:
        await call(deliverer, target, f"redirect/307/{other.url('/ok')}")
        assert other.connections == 0


async def test_cancelling_a_delivery_ends_it_at_once_and_closes_its_connection(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A service that stops does not wait for a target, and is not told that the run failed."""
    before = open_files()
    run = a_run(Webhook(url=target.url("/blackhole")), deadline=30)
    task = asyncio.create_task(deliverer.deliver(run))
    await asyncio.wait_for(target.reached.wait(), 5)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 0.5
    await asyncio.sleep(0.05)
    assert open_files() <= before + 1  # the server's end
