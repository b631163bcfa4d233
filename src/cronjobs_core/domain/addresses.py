"""Which network addresses an outbound call may reach.

The deny list goes beyond `ipaddress`: several of these ranges are "global" for the standard
library although they lead inside (reliability checklist S29, S31). An IPv4 address embedded in
an IPv6 one is unwrapped and judged as well.
"""

import socket
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::254",
        ),
    )
)
METADATA_HOSTS = frozenset({"metadata", "metadata.google.internal", "instance-data"})

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_RESERVED = (
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)
_REFUSED: tuple[IPNetwork, ...] = tuple(map(ip_network, (*_PRIVATE, *_RESERVED)))
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """The operator's choice: `allowed` networks are reachable although they are refused by default.

    Cloud metadata addresses stay refused whatever is listed.
    """

    allowed: tuple[IPNetwork, ...] = ()

    @classmethod
    def parse(cls, networks: Iterable[str]) -> "AddressRules":
        """Rules that admit `networks` (CIDR texts); raises ValueError for a text that is none."""
        return cls(tuple(ip_network(text.strip(), strict=False) for text in networks))

    def refuses(self, address: IPAddress) -> bool:
        """Whether a connection to `address` is forbidden."""
        return any(self._refuses_one(part) for part in (address, *_embedded(address)))

    def _refuses_one(self, address: IPAddress) -> bool:
        if address in METADATA:
            return True
        if any(address in network for network in self.allowed):
            return False
        mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
        if mapped:  # judged by the IPv4 address inside
            return False
        return not address.is_global or any(address in network for network in _REFUSED)

    def refuses_host(self, host: str) -> bool:
        """Whether `host`, as written in a URL, is known to be forbidden without resolving it.

        Numeric spellings that a system resolver accepts ("127.1", "0x7f000001", full-width
        digits) are read as it reads them, and IDNA's other dots as dots. A name that needs
        resolving is not judged here: the outbound guard judges what it resolves to, at the time
        of the call.
        """
        name = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".").lower()
        if name in METADATA_HOSTS:
            return True
        if name == "localhost" or name.endswith(".localhost"):
            return self.refuses(IPv4Address("127.0.0.1"))
        address = literal_address(name)
        return address is not None and self.refuses(address)


def literal_address(host: str) -> IPAddress | None:
    """The address that `host` spells in digits, in any form a system resolver takes, or None."""
    text = host.removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return ip_address(text)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def _embedded(address: IPAddress) -> tuple[IPAddress, ...]:
    """The IPv4 addresses that a translator would take out of an IPv6 address."""
    if isinstance(address, IPv4Address):
        return ()
    inner: list[IPAddress | None] = [address.ipv4_mapped, address.sixtofour]
    inner.extend(address.teredo or ())
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(part for part in inner if part is not None)
