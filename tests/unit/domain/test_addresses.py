"""Which addresses an outbound call may reach: rows S29 to S31 of the reliability checklist."""

from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.addresses import AddressRules, literal_address

STRICT = AddressRules()

# Both ends of every range of S29, and the addresses that stand alone there.
REFUSED_RANGES = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.0.192/32",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
    "::/128",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2002::/16",
    "2001::/32",
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "fd00:ec2::254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
]
REFUSED_IPV4 = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "224.0.0.1", "0.0.0.0"]  # noqa: S104


@pytest.mark.parametrize("network", REFUSED_RANGES)
def test_ranges_that_lead_inside_are_refused(network: str) -> None:
    """Each range of the checklist is refused from its first address to its last (S29)."""
    refused = ip_network(network)
    assert STRICT.refuses(refused[0])
    assert STRICT.refuses(refused[-1])


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_admitted(address: str) -> None:
    """What lies in the open network, also just beside a refused range, is admitted."""
    assert not STRICT.refuses(ip_address(address))
    assert not STRICT.refuses_host(address)


@pytest.mark.parametrize("inner", REFUSED_IPV4)
@pytest.mark.parametrize("prefix", ["::ffff:0:0", "64:ff9b::", "::"])
def test_an_embedded_address_is_judged_as_well(inner: str, prefix: str) -> None:
    """An IPv4 address inside an IPv6 one leads where it leads (S29)."""
    outer = ip_address(int(ip_address(prefix)) | int(IPv4Address(inner)))
    assert STRICT.refuses(outer)


def test_a_mapped_address_is_the_address_inside() -> None:
    """The IPv6 spelling of an admitted IPv4 address is admitted, that of a refused one is not."""
    assert not STRICT.refuses(ip_address("::ffff:8.8.8.8"))
    assert STRICT.refuses(ip_address("::ffff:192.168.0.1"))


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:7f00:1::1",  # Teredo with the server 127.0.0.1
        "2001:0:808:808:0:0:80ff:fffe",  # Teredo with the client 127.0.0.1
    ],
)
def test_a_listed_translation_range_does_not_admit_what_is_inside(address: str) -> None:
    """Admitting a translator's range admits no refused IPv4 address behind it."""
    translators = AddressRules.parse(["64:ff9b::/96", "2002::/16", "2001::/32"])
    assert translators.refuses(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0177.0.0.1",
        "0",
        "①②⑦.⓪.⓪.①",
        "localhost.",
        "localhost",
        "LOCALHOST",
        "my.localhost",
        "127.0.0.1",
        "127.0.0.1.",
        "[::1]",
        "::1",
        "[fe80::1%25eth0]",
        "fe80::1%eth0",
        "[::ffff:127.0.0.1]",
    ],
)
def test_other_spellings_of_a_refused_address(host: str) -> None:
    """Whatever a system resolver reads as a refused address is refused as it is written (S30)."""
    assert STRICT.refuses_host(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1.nip.io", "example.com", "localhost.example.com", "notlocalhost", "", "a b"]
)
def test_a_name_is_judged_when_it_is_resolved(host: str) -> None:
    """A name that needs the resolver is not judged by its looks; the guard judges its addresses."""
    assert not STRICT.refuses_host(host)


@pytest.mark.parametrize("address", METADATA)
def test_metadata_stays_refused(address: str) -> None:
    """Metadata addresses are refused even where everything is allowed (S31, S34)."""
    everything = AddressRules.parse(["0.0.0.0/0", "::/0"])
    assert everything.refuses(ip_address(address))
    assert everything.refuses_host(address)


@pytest.mark.parametrize(
    "host", ["metadata.google.internal", "METADATA.google.internal.", "metadata", "instance-data"]
)
def test_metadata_is_refused_by_name(host: str) -> None:
    """The names of metadata services are refused in any case of letters, whatever is allowed."""
    assert AddressRules.parse(["0.0.0.0/0"]).refuses_host(host)


def test_metadata_is_refused_inside_another_address() -> None:
    """A metadata address stays refused in its IPv6 spelling, whatever is allowed."""
    everything = AddressRules.parse(["0.0.0.0/0", "::/0"])
    assert everything.refuses(ip_address("::ffff:169.254.169.254"))
    assert everything.refuses(ip_address("64:ff9b::a9fe:a9fe"))


def test_the_operator_may_admit_networks() -> None:
    """A listed network is reachable, and nothing beside it."""
    rules = AddressRules.parse([" 10.20.0.0/16", "127.0.0.1", "fd12::/16"])
    assert not rules.refuses(ip_address("10.20.255.255"))
    assert not rules.refuses_host("localhost")
    assert not rules.refuses(ip_address("fd12::1"))
    assert rules.refuses(ip_address("10.21.0.0"))
    assert rules.refuses(ip_address("127.0.0.2"))


def test_a_network_may_be_written_by_any_of_its_addresses() -> None:
    """Bits beyond the prefix do not matter."""
    assert AddressRules.parse(["10.1.2.3/8"]) == AddressRules.parse(["10.0.0.0/8"])


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "example.com", "10.0.0"])
def test_what_is_no_network_is_refused(text: str) -> None:
    """A setting that names no network is an error at the start, not an open door."""
    with pytest.raises(ValueError, match="does not appear to be"):
        AddressRules.parse(["10.0.0.0/8", text])


@given(st.integers(0, 2**32 - 1))
def test_every_number_is_its_address(number: int) -> None:
    """Decimal, hexadecimal and dotted spellings of one address are read as the same."""
    address = IPv4Address(number)
    spellings = (str(number), hex(number), str(address), f"[{address}]")
    assert {literal_address(one) for one in spellings} == {address}


@given(st.text(max_size=30))
def test_any_text_can_be_judged(host: str) -> None:
    """No text makes the judgement fail."""
    assert isinstance(STRICT.refuses_host(host), bool)
