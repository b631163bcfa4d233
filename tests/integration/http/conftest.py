"""A deliverer and the servers it may reach, all on loopback."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any

import httpx2
import pytest

from cronjobs_adapters.http import HttpDeliverer
from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.targets import TargetRules
from servers.hostile import HostileServer

Open = Callable[..., HttpDeliverer]


def no_names(host: str) -> list[str]:
    """Resolve nothing, so that no test asks the machine's resolver."""
    raise AssertionError(f"{host} was looked up")


def loopback_rules(*networks: str, **options: Any) -> TargetRules:
    """Return rules that admit http and `networks`: the IPv4 loopback where none is named."""
    addresses = AddressRules.parse(networks or ["127.0.0.0/8"])
    return TargetRules(allow_http=True, addresses=addresses, **options)


@pytest.fixture(scope="session")
def system_tls() -> ssl.SSLContext:
    """Give the context that deliverers make for themselves, made once."""
    return httpx2.create_ssl_context()


@pytest.fixture
async def open_deliverer(system_tls: ssl.SSLContext) -> AsyncIterator[Open]:
    """Give a function that makes deliverers, which are closed at the end."""
    async with AsyncExitStack() as stack:
        made: list[HttpDeliverer] = []

        def make(rules: TargetRules | None = None, **options: Any) -> HttpDeliverer:
            defaults: dict[str, Any] = {
                "version": "1.2.3",
                "lookup": no_names,
                "ssl_context": system_tls,
            }
            made.append(HttpDeliverer(rules or loopback_rules(), **defaults | options))
            return made[-1]

        yield make
        for one in made:
            await stack.enter_async_context(aclosing(one))


@pytest.fixture
def deliverer(open_deliverer: Open) -> HttpDeliverer:
    """Give a deliverer that reaches loopback and resolves no name."""
    return open_deliverer()


@pytest.fixture
async def target() -> AsyncIterator[HostileServer]:
    """Give a target that misbehaves on demand."""
    async with HostileServer() as server:
        yield server


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the proxies of the developer's machine out of it."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
