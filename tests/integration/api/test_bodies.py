"""Bodies that no sensible client sends: 400 in the contract's words, and nothing is stored."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

from api import Api, Person
from integration.api.contents import contents, unchanged
from integration.api.shapes import refusal

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024
WRITERS = [
    "POST /auth/login",
    "POST /auth/register",
    "POST /job-categories",
    "POST /pic-teams",
    "POST /jobs",
    "PUT /jobs/{job_id}",
    "POST /jobs/{job_id}/execute",
    "POST /jobs/validate-cron",
    "POST /jobs/cron-preview",
    "POST /jobs/cron-description",
]
EVERY_WRITER = pytest.mark.parametrize("route", WRITERS)
Send = Callable[..., Awaitable[httpx2.Response]]
NO_JSON_TYPES = [
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jso",
    "text/json",
]
NO_TYPE = refusal("Content-Type must be application/json")
NO_JSON = refusal("Invalid JSON")
NO_OBJECT = refusal("Invalid payload", "JSON body must be an object.")
ODD_TEXT = refusal("Invalid JSON", "Texts must not hold NUL or lone surrogates.")
BIG_INTEGER = refusal("Invalid JSON", "Integers must fit in 64 bits.")
NOT_FINITE = refusal("Invalid JSON", "Numbers must be finite.")
TOO_DEEP = refusal("Invalid JSON", "Nesting deeper than 20 levels.")
TOO_LARGE = {
    "error": "Content Too Large",
    "message": "Content Too Large",
    "detail": "Content Too Large",
}


def nested(levels: int, inner: bytes = b"1") -> bytes:
    """Return an object with a list in it, so many levels deep in all."""
    depth = levels - 1
    return b'{"name":' + b"[" * depth + inner + b"]" * depth + b"}"


BROKEN: list[tuple[bytes, dict[str, Any]]] = [
    (b"{", NO_JSON),
    (b"   ", NO_JSON),
    (b"{'name': 'x'}", NO_JSON),
    (b'{"name": undefined}', NO_JSON),
    (b'{"name": 1,}', NO_JSON),
    (b'{"name": "x"} trailing', NO_JSON),
    (b'{"name": "\xff\xfe"}', NO_JSON),
    (b'{"name": "a\nb"}', NO_JSON),
    (b"name=x&cron_expression=y", NO_JSON),
    (b'{"name": NaN}', NO_JSON),
    (b'{"name": Infinity}', NO_JSON),
    (b'{"name": -Infinity}', NO_JSON),
    (b'{"metadata": {"deep": [NaN]}}', NO_JSON),
    (b'{"metadata": {"x": 1e400}}', NOT_FINITE),
    (b'{"metadata": {"x": -1e400}}', NOT_FINITE),
    (b'{"name": %s}' % (b"9" * 5000), NO_JSON),
    (b"[" * 100_000, TOO_DEEP),
    (b"[]", NO_OBJECT),
    (b'[{"name": "x"}]', NO_OBJECT),
    (b'"text"', NO_OBJECT),
    (b"5", NO_OBJECT),
    (b"true", NO_OBJECT),
    (b"null", NO_OBJECT),
    (b'{"name": "a\\u0000b"}', ODD_TEXT),
    (b'{"a\\u0000b": 1}', ODD_TEXT),
    (b'{"metadata": {"deep": ["\\u0000"]}}', ODD_TEXT),
    (b'{"name": "\\ud800"}', ODD_TEXT),
    (b'{"name": "\\udc00\\ud800"}', ODD_TEXT),
    (b'{"\\ud800": 1}', ODD_TEXT),
    (b'{"name": "\xed\xa0\x80"}', ODD_TEXT),
    (b'{"name": 100000000000000000000}', BIG_INTEGER),
    (b'{"metadata": {"x": -100000000000000000000}}', BIG_INTEGER),
    (b'{"count": 9223372036854775808}', BIG_INTEGER),
    (nested(21), TOO_DEEP),
    (nested(500), TOO_DEEP),
]


@pytest.fixture
async def send(admin: Person, user: Person) -> Send:
    """Give a function that sends a request to a route, as somebody who may call it."""
    job_id = (await user.create_job())["id"]

    async def request(route: str, **content: Any) -> httpx2.Response:
        method, path = route.split()
        caller = user if "{job_id}" in path else admin
        return await caller.call(method, path.format(job_id=job_id), **content)

    return request


@EVERY_WRITER
async def test_broken_json_is_400_everywhere(api: Api, send: Send, route: str) -> None:
    """F-13, S48, S49: the same words on every route; no 422, no 5xx, no row."""
    before = contents(api)
    for content, body in BROKEN:
        answer = await send(route, content=content, headers=JSON)
        assert (answer.status_code, answer.json()) == (400, body), content[:40]
    assert contents(api) == before


@EVERY_WRITER
async def test_a_body_that_is_not_called_json_is_400(api: Api, send: Send, route: str) -> None:
    """E-CT, S53: before the body is looked at, good or not."""
    async with unchanged(api):
        for content_type in NO_JSON_TYPES:
            for content in (b'{"name": "x"}', b"{"):
                headers = {} if content_type is None else {"content-type": content_type}
                answer = await send(route, content=content, headers=headers)
                assert (answer.status_code, answer.json()) == (400, NO_TYPE), content_type


@EVERY_WRITER
async def test_no_body_is_400_where_one_is_needed(api: Api, send: Send, route: str) -> None:
    """Only a run by hand goes without; an axios call without a body names no type."""
    if route.endswith("/execute"):
        return
    async with unchanged(api):
        untyped = await send(route)
        empty = await send(route, content=b"", headers=JSON)
    assert (untyped.status_code, untyped.json()) == (400, NO_TYPE)
    assert (empty.status_code, empty.json()) == (400, NO_JSON)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "text/plain, application/json",
        "application/json;charset=latin-1",
    ],
)
async def test_a_content_type_that_holds_json_will_do(viewer: Person, content_type: str) -> None:
    """Section 1: it is enough that it contains `application/json`, in any case of letters."""
    content = '{"expression": "* * * * *", "note": "ü"}'.encode()
    answer = await viewer.call(
        "POST", "/jobs/validate-cron", content=content, headers={"content-type": content_type}
    )
    assert answer.json()["valid"] is True


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbf{"expression": "* * * * *"}',
        b' \r\n\t{"expression": "* * * * *"}\n ',
        b'{"expression": "x", "expression": "* * * * *"}',
        b'{"expression": "* * * * *", "count": 9223372036854775807}',
        b'{"expression": "* * * * *", "count": -9223372036854775807}',
        b'{"expression": "* * * * *", "odd": [1e308, 1e-400, -0.0, "\\ud83d\\ude80"]}',
        nested(20).replace(b"{", b'{"expression": "* * * * *", '),
        b'{"expression": "* * * * *", "__proto__": {"a": 1}, "": 1}',
    ],
    ids=ascii,
)
async def test_unusual_json_is_read(viewer: Person, content: bytes) -> None:
    """What the standard admits, and a byte order mark, is no fault; of two keys the last counts."""
    answer = await viewer.call("POST", "/jobs/validate-cron", content=content, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["valid"] is True


async def test_what_was_taken_can_be_read_again(user: Person) -> None:
    """The limits of what is accepted are within those of what is answered."""
    metadata = {
        "largest": 2**63 - 1,
        "smallest": -(2**63) + 1,
        "float": 1.7976931348623157e308,
        "tiny": 5e-324,
        "text": "\U0001f680 \u2028 \x7f \ufffe",
        "deep": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]],
        "": None,
    }
    job = await user.create_job(metadata=metadata)
    assert job["metadata"] == metadata
    assert (await user.get(f"/jobs/{job['id']}")).json()["job"]["metadata"] == metadata


@EVERY_WRITER
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_above_a_mebibyte_is_413(
    api: Api, send: Send, route: str, *, chunked: bool
) -> None:
    """S44: by its declared length or by counting; three texts for the frontend to show."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(17):
            yield b"x" * (MIB // 16)

    content: Any = pieces() if chunked else b'{"name": "' + b"x" * MIB
    async with unchanged(api):
        answer = await send(route, content=content, headers=JSON)
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_a_mebibyte_is_read(viewer: Person, *, chunked: bool) -> None:
    """The limit is the last size that is taken, not the first that is refused."""
    frame = b'{"expression": "* * * * *", "note": ""}'
    whole = frame[:-2] + b"x" * (MIB - len(frame)) + frame[-2:]
    assert len(whole) == MIB

    async def halves() -> AsyncIterator[bytes]:
        yield whole[:1000]
        yield whole[1000:]

    content: Any = halves() if chunked else whole
    answer = await viewer.call("POST", "/jobs/validate-cron", content=content, headers=JSON)
    assert answer.status_code == 200


@pytest.mark.parametrize("route", ["POST /auth/logout", "GET /jobs", "DELETE /jobs/{job_id}"])
async def test_a_body_that_nobody_asked_for_is_not_read(send: Send, route: str) -> None:
    """Section 1: body-less routes do not try to parse what comes along."""
    assert (await send(route, content=b"{", headers=JSON)).status_code == 200
