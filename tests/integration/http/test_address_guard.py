"""No way leads to an address that is refused."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from ipaddress import ip_address

import pytest

from cronjobs_adapters.http.guard import OPERATOR_ADDRESSES
from cronjobs_core.domain.addresses import METADATA
from cronjobs_core.domain.executions import Reason
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, Webhook
from cronjobs_core.testing.contracts.targets import a_run, deliver_in_time
from integration.http.conftest import Open, loopback_rules
from servers.hostile import HostileServer

STRICT = TargetRules(allow_http=True)
BLOCKED = "Webhook call failed: the target's address is not allowed"

LOOPBACK_SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0",
    "0.0.0.0",  # noqa: S104 -- a target, not a bind
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "api.localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
)
REFUSED_ADDRESSES = (
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
)
METADATA_NAMES = (
    "metadata.google.internal",
    "metadata",
    "instance-data",
    "METADATA.google.internal.",
)


@pytest.fixture
async def canary() -> AsyncIterator[HostileServer]:
    """Give a server that must not be reached; the test fails if it was."""
    async with HostileServer() as server:
        yield server
        assert server.connections == 0


async def assert_blocked(
    open_deliverer: Open, url: str, rules: TargetRules = STRICT, **options: object
) -> None:
    """The call is refused, in words that do not say what a name resolved to."""
    delivery = await deliver_in_time(open_deliverer(rules, **options), a_run(Webhook(url=url)))
    assert (delivery.reason, delivery.error_message) == (Reason.BLOCKED_TARGET, BLOCKED)


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
async def test_loopback_is_refused_in_every_spelling(
    open_deliverer: Open, canary: HostileServer, host: str
) -> None:
    """A service on the scheduler's own machine is not reached, however it is written (S30)."""
    await assert_blocked(open_deliverer, canary.url("/ok", host))


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "0177.0.0.1"])
async def test_odd_digits_are_no_way_round(
    open_deliverer: Open, canary: HostileServer, host: str
) -> None:
    """Circled and octal digits are refused as no host at all, or as the address they spell."""
    run = a_run(Webhook(url=canary.url("/ok", host)))
    delivery = await deliver_in_time(open_deliverer(STRICT), run)
    assert delivery.reason in {Reason.BLOCKED_TARGET, Reason.INVALID_TARGET}


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
async def test_inner_addresses_are_refused_written_or_resolved(
    open_deliverer: Open, address: str
) -> None:
    """A name that leads inside is refused exactly like the address itself (S29, S31)."""
    written = f"[{address}]" if ":" in address else address
    await assert_blocked(open_deliverer, f"http://{written}/")
    await assert_blocked(open_deliverer, "http://name.test/", lookup=lambda _: [address])


@pytest.mark.parametrize("name", METADATA_NAMES)
async def test_names_of_metadata_services_are_refused_unresolved(
    open_deliverer: Open, name: str
) -> None:
    """A cloud's metadata service is not even looked up."""
    await assert_blocked(open_deliverer, f"http://{name}/")


async def test_metadata_stays_refused_whatever_is_allowed(open_deliverer: Open) -> None:
    """An operator who opens everything has not opened the cloud's keys (S34)."""
    rules = loopback_rules("0.0.0.0/0", "::/0")
    for address in METADATA:
        await assert_blocked(
            open_deliverer, "http://name.test/", rules, lookup=lambda _, one=address: [str(one)]
        )


async def test_one_refused_address_refuses_the_name(
    open_deliverer: Open, canary: HostileServer
) -> None:
    """A name with a good and a bad record is not called at all (S28)."""
    url, rules = canary.url("/ok", "two.test"), loopback_rules("127.0.0.2/32")
    for answer in (["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]):
        await assert_blocked(open_deliverer, url, rules, lookup=lambda _, all_=answer: all_)


async def test_a_name_that_changes_its_answer_gains_nothing(
    open_deliverer: Open, canary: HostileServer
) -> None:
    """A connection goes to the address that was judged, whatever the name says next (S28)."""
    answers = iter(["127.0.0.2", "127.0.0.1", "127.0.0.1"])
    lookups: list[str] = []

    def rebinding(host: str) -> list[str]:
        lookups.append(host)
        return [next(answers)]

    # The good server shares the canary's port, so that the address alone makes the difference.
    async with HostileServer(host="127.0.0.2", port=canary.port) as good:
        deliverer = open_deliverer(loopback_rules("127.0.0.2/32"), lookup=rebinding)
        run = a_run(Webhook(url=good.url("/ok-and-close", "rebinding.test")))
        assert (await deliver_in_time(deliverer, run)).succeeded
        assert lookups == ["rebinding.test"]
        assert good.requests[0].headers["host"] == f"rebinding.test:{good.port}"
        assert (await deliver_in_time(deliverer, run)).reason is Reason.BLOCKED_TARGET
        assert len(good.requests) == 1


async def test_the_next_address_is_tried_where_one_does_not_answer(
    open_deliverer: Open, target: HostileServer
) -> None:
    """A name with a dead record still reaches its living one."""
    deliverer = open_deliverer(lookup=lambda _: ["127.0.0.9", "127.0.0.9", "127.0.0.1"])
    run = a_run(Webhook(url=target.url("/ok", "half-dead.test")))
    assert (await deliver_in_time(deliverer, run)).succeeded


@pytest.mark.parametrize(
    "port", [1, 22, 25, 1023, 2375, 3306, 5432, 6379, 9200, 11211, 27017, 65536]
)
async def test_ports_that_are_not_of_the_web_are_refused(open_deliverer: Open, port: int) -> None:
    """A webhook is no way to speak to a mail server or a database (S27)."""
    await assert_blocked(open_deliverer, f"http://127.0.0.1:{port}/", loopback_rules())


async def test_the_operators_github_may_be_anywhere_but_at_link_local_addresses(
    open_deliverer: Open, target: HostileServer
) -> None:
    """A GitHub Enterprise inside the network is reached; a metadata service is not (0.16)."""
    run = a_run(GitHubWorkflow(owner="acme", repo="reports", workflow="daily.yml"))
    inside = open_deliverer(STRICT, github_url=target.url("/ok"))
    assert (await deliver_in_time(inside, run)).succeeded
    for base in ("http://169.254.1.1", "http://[fe80::1]", "http://metadata.google.internal"):
        delivery = await deliver_in_time(open_deliverer(STRICT, github_url=base), run)
        assert delivery.reason is Reason.BLOCKED_TARGET, base


async def test_a_name_that_does_not_exist_is_a_failed_connection(open_deliverer: Open) -> None:
    """People see that the name is at fault."""

    def unknown(_: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    deliverer = open_deliverer(lookup=unknown)
    delivery = await deliver_in_time(deliverer, a_run(Webhook(url="https://no.test/")))
    assert delivery.reason is Reason.CONNECTION
    assert delivery.error_message == "Webhook call failed: the host name could not be resolved"


@pytest.fixture
def slow_lookup() -> Iterator[Callable[[str], list[str]]]:
    """Give a lookup that hangs for every name but fast.test, until the test is over."""
    release = threading.Event()

    def lookup(host: str) -> list[str]:
        if host != "fast.test":
            release.wait(10)
        return ["127.0.0.1"]

    yield lookup
    release.set()


async def test_a_slow_name_ends_with_the_deadline_and_holds_up_nobody(
    open_deliverer: Open, target: HostileServer, slow_lookup: Callable[[str], list[str]]
) -> None:
    """Fifty runs that wait for one dead name server leave the others their pace (C065, T43)."""
    deliverer = open_deliverer(lookup=slow_lookup)
    slow = a_run(Webhook(url=target.url("/ok", "slow.test")))
    waiting = [asyncio.create_task(deliver_in_time(deliverer, slow)) for _ in range(50)]
    await asyncio.sleep(0.05)
    started = time.monotonic()
    fast = a_run(Webhook(url=target.url("/ok", "fast.test")))
    assert (await deliver_in_time(deliverer, fast)).succeeded
    assert time.monotonic() - started < 0.2
    assert {one.reason for one in await asyncio.gather(*waiting)} == {Reason.TIMEOUT}


def test_the_operators_addresses_are_all_but_link_local_and_metadata() -> None:
    """The rules for an operator's own services refuse what decision 0.16 names, and no more."""
    for open_one in ("10.0.0.1", "127.0.0.1", "192.168.1.1", "::1", "fd00::1", "8.8.8.8"):
        assert not OPERATOR_ADDRESSES.refuses(ip_address(open_one)), open_one
    for closed in ("169.254.0.1", "fe80::1", "::ffff:169.254.0.1", *map(str, METADATA)):
        assert OPERATOR_ADDRESSES.refuses(ip_address(closed)), closed
