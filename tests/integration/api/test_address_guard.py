"""What no job may call, refused where it is asked for (F-05, S27, S29-S31).

The door judges what a URL says by itself; what a name resolves to is judged at each call, by the
outbound guard.
"""

from collections.abc import AsyncIterator

import pytest

from api import Api, Person, job_body
from integration.api.calling.neighbours import LOOPBACK, TRIO
from integration.api.contents import unchanged
from integration.api.shapes import refusal
from integration.api.town import USER, Town, at_home, copy_of

REFUSED = refusal("Invalid target_url", "target_url points to an address that is not allowed.")
NETWORKS = [
    "0.0.0.0",  # noqa: S104 -- called, not listened to
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001:db8::1]",
]
SPELLINGS = [
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "127\u30020\u30020\u30021",
    "127\uff610\uff0e0\uff611",
    "localhost\u3002",
    "127.0.0.1.",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "[fd00:ec2::254]",
    "[::ffff:169.254.169.254]",
    "2852039166",
    "metadata.google.internal",
    "METADATA.google.internal.",
]


@pytest.fixture(scope="module")
async def lenient(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Give an application in which every network is listed as allowed."""
    networks = "127.0.0.0/8, 0.0.0.0/0, ::/0"
    settings = {**LOOPBACK, "webhook_allowed_networks": networks}
    async with copy_of(town, tmp_path_factory.mktemp("lenient"), **settings) as api:
        yield api


@pytest.mark.parametrize("host", [*NETWORKS, *SPELLINGS, *METADATA])
async def test_no_job_calls_a_forbidden_address(api: Api, user: Person, host: str) -> None:
    """However an inside address is spelt: no job is made, changed or run to call it, no trial."""
    job = await user.create_job()
    url = f"https://{host}:8443/x?y=z"
    async with unchanged(api):
        answers = [
            await user.post("/jobs", job_body(name="Inside", target_url=f"https://{host}/x")),
            await user.put(f"/jobs/{job['id']}", {"target_url": url}),
            await user.post(f"/jobs/{job['id']}/execute", {"target_url": url}),
            await user.post("/jobs/test-run", {"target_url": url}),
        ]
    assert [(one.status_code, one.json()) for one in answers] == [(400, REFUSED)] * 4


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com@127.0.0.1/",
        "https://example.com:pw@127.0.0.1/",
        "https://127.0.0.1#@example.com/",
        "https://127.0.0.1?@example.com/",
        "https://127.0.0.1\\@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https:///127.0.0.1/",
        "https://[::1/",
        "https://[::ffff:127.0.0.1%eth0]/",
        "https://[fe80::1%25eth0]/",
        "https://127%2e0%2e0%2e1/",
        "https://%6c%6f%63%61%6c%68%6f%73%74/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:x/",
        "https://\u200b127.0.0.1/",
        "https://127.0.0.1\u00a0/",
        "HTTP://127.0.0.1/",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "ftp://169.254.169.254/",
        "data://text/plain,x",
        "javascript://x",
        "//127.0.0.1/",
    ],
)
async def test_no_trick_of_writing_hides_an_address(api: Api, user: Person, url: str) -> None:
    """S27: a URL that two readers could read differently is taken by no door."""
    job = await user.create_job()
    async with unchanged(api):
        answers = [
            await user.post("/jobs", job_body(name="Tricky", target_url=url)),
            await user.put(f"/jobs/{job['id']}", {"target_url": url}),
            await user.post(f"/jobs/{job['id']}/execute", {"target_url": url}),
            await user.post("/jobs/test-run", {"target_url": url}),
        ]
    assert [one.status_code for one in answers] == [400] * 4, [one.text for one in answers]
    assert {one.json()["error"] for one in answers} == {"Invalid target_url"}


@pytest.mark.parametrize("host", METADATA)
async def test_metadata_stays_refused_whatever_is_allowed(
    town: Town, lenient: Api, host: str
) -> None:
    """S34: no list of networks opens the way to a cloud's credentials."""
    user = lenient_user(town, lenient)
    answer = await user.post("/jobs", job_body(target_url=f"https://{host}/latest"))
    assert (answer.status_code, answer.json()) == (400, REFUSED)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "localhost", "[::1]", "0x7f000001"])
async def test_a_listed_network_is_open(town: Town, lenient: Api, host: str) -> None:
    """Section 0.3: listing a network is how a developer tries it locally, http included."""
    user = lenient_user(town, lenient)
    job = await user.create_job(name=f"To {host}", target_url=f"http://{host}:8080/x")
    assert job["target_url"] == f"http://{host}:8080/x"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://EXAMPLE.com:8443/a?b=c#d",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://bücher.example/ü?q=ü",
        "https://example.com/%F0%9F%9A%80",
        "https://127.0.0.1.nip.io/",
        f"https://example.com/{'x' * 480}",
    ],
)
async def test_public_addresses_and_names_are_taken_as_they_are(user: Person, url: str) -> None:
    """A name is judged when it is called; what is stored is what was written."""
    assert (await user.create_job(target_url=url))["target_url"] == url


async def test_a_github_job_is_not_judged_by_a_url_it_does_not_call(user: Person) -> None:
    """Section 4.6: the override is for webhook jobs; GitHub jobs do not look at it."""
    job = await user.create_job(target_url=None, **TRIO)
    answer = await user.post(f"/jobs/{job['id']}/execute", {"target_url": "http://127.0.0.1/"})
    assert answer.json()["execution"]["reason"] == "github_token_missing"


def lenient_user(town: Town, api: Api) -> Person:
    """Return the user as a client of the lenient application."""
    return at_home(town.people[USER], api)
