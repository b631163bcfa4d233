"""The only way out: every connection is dialled here, to an address that was judged.

A name is resolved once and the connection goes to the very address that was judged, so a name
that answers differently the second time gains nothing (S28). The Host header and the name in the
TLS handshake come from the URL and are not touched.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network
from typing import Final

import httpcore2
import httpx2

from cronjobs_adapters.http.resolver import Resolver
from cronjobs_core.domain.addresses import AddressRules, IPAddress

_PORTS: Final = range(1, 65_536)
_WEB_PORTS: Final = frozenset({80, 443})
_USER_PORTS: Final = range(1024, 65_536)
_DATABASE_PORTS: Final = frozenset({2375, 3306, 5432, 6379, 9200, 11211, 27017})

OPERATOR_ADDRESSES: Final = AddressRules(
    (
        *IPv4Network("0.0.0.0/0").address_exclude(IPv4Network("169.254.0.0/16")),
        *IPv6Network("::/0").address_exclude(IPv6Network("fe80::/10")),
    )
)
"""For addresses the operator chose: all but link-local and cloud metadata (decision 0.16)."""


class BlockedTarget(httpx2.ConnectError):
    """The address or port may not be called. The text does not say what a name resolved to."""

    def __init__(self) -> None:
        super().__init__("the target's address is not allowed")


class Guard(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that `rules` admit, on ports of the web (S27).

    `any_port` lifts the port list, for services the operator chose.
    """

    def __init__(self, resolver: Resolver, rules: AddressRules, *, any_port: bool = False) -> None:
        self._resolver = resolver
        self._rules = rules
        self._any_port = any_port
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the backend's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address of `host` that takes it, `timeout` seconds each.

        Raises BlockedTarget if any address of `host` is refused, and before anything is sent.
        """
        addresses = await self._admitted(host, port)

        async def dial(address: IPAddress) -> httpcore2.AsyncNetworkStream:
            return await self._network.connect_tcp(
                str(address), port, timeout, local_address, socket_options
            )

        for address in addresses[:-1]:
            with suppress(httpcore2.ConnectError):
                return await dial(address)
        return await dial(addresses[-1])

    async def _admitted(self, host: str, port: int) -> Sequence[IPAddress]:
        admitted = port in _PORTS if self._any_port else _is_web_port(port)
        if not admitted or self._rules.refuses_host(host):
            raise BlockedTarget
        addresses = await self._resolver.resolve(host)
        if any(self._rules.refuses(address) for address in addresses):
            raise BlockedTarget
        return addresses


def _is_web_port(port: int) -> bool:
    return port in _WEB_PORTS or (port in _USER_PORTS and port not in _DATABASE_PORTS)
