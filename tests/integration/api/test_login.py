"""Signing in, with JSON and with the OAuth2 form (contract 4.2)."""

from typing import Any

import pytest

from api import PASSWORD, Api, Person
from integration.api.cases import numbered
from integration.api.contents import unchanged
from integration.api.shapes import USER, check_instants, detailed

LOGIN = "/api/v2/auth/login"
FORM = "/api/v2/auth/login/form"
KEYS = {
    "success",
    "message",
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "user",
}
WRONG = detailed("Invalid credentials", "Invalid email/username or password")
INACTIVE = detailed("Account inactive", "Account is inactive. Contact administrator.")
MISSING = detailed(
    "Email/Username and password are required", "Email/Username and password are required"
)


@pytest.mark.parametrize(
    "identifier",
    numbered(
        [
            {"username": "user"},
            {"email": "user@example.com"},
            {"username": "user@example.com"},
            {"username": "  USER "},
            {"email": " User@Example.COM"},
            {"username": None, "email": "user@example.com"},
            {"username": "", "email": "user@example.com"},
            {"username": "user", "email": "nobody@example.com"},
        ]
    ),
)
async def test_people_sign_in_by_name_or_address_in_any_case(
    api: Api, user: Person, identifier: dict[str, Any]
) -> None:
    """F-20: however somebody writes their name or address, it is them."""
    answer = await api.client.post(LOGIN, json={**identifier, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == user.id


@pytest.mark.parametrize("form", [False, True])
async def test_a_sign_in_gives_tokens_and_the_user(api: Api, user: Person, *, form: bool) -> None:
    """The frontend stores both tokens and the whole user."""
    fields = {"username": "user", "password": PASSWORD}
    sent: dict[str, Any] = {"data": fields} if form else {"json": fields}
    body = (await api.client.post(FORM if form else LOGIN, **sent)).json()
    assert set(body) == KEYS
    assert set(body["user"]) == USER
    assert (body["success"], body["message"]) == (True, "Login successful")
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert (body["user"]["id"], body["user"]["role"]) == (user.id, "user")
    assert check_instants(body) == 2
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert (await api.client.get("/api/v2/auth/verify", headers=headers)).status_code == 200


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("nobody", PASSWORD),
        ("user", "another password"),
        ("asleep", "another password"),
        ("us", PASSWORD),
        ("user", "x"),
        ("user", "x" * 4096),
        ("u" * 320, PASSWORD),
    ],
    ids=["unknown", "wrong", "inactive", "short name", "short password", "long password", "long"],
)
async def test_a_wrong_sign_in_says_the_same_whatever_is_wrong(
    api: Api, username: str, password: str, *, form: bool
) -> None:
    """F-14, F-20: a stranger does not learn who has an account, or whether it is active."""
    await asleep(api)
    fields = {"username": username, "password": password}
    sent: dict[str, Any] = {"data": fields} if form else {"json": fields}
    async with unchanged(api):
        answer = await api.client.post(FORM if form else LOGIN, **sent)
    assert (answer.status_code, answer.json()) == (401, WRONG)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("form", [False, True])
async def test_who_knows_the_password_learns_that_the_account_is_inactive(
    api: Api, *, form: bool
) -> None:
    """F-20: the state of an account is told after the password was verified, not before."""
    await asleep(api)
    fields = {"username": "asleep", "password": PASSWORD}
    sent: dict[str, Any] = {"data": fields} if form else {"json": fields}
    async with unchanged(api):
        answer = await api.client.post(FORM if form else LOGIN, **sent)
    assert (answer.status_code, answer.json()) == (401, INACTIVE)


@pytest.mark.parametrize(
    "body",
    numbered(
        [
            {},
            {"username": "user"},
            {"password": PASSWORD},
            {"username": "user", "password": ""},
            {"username": "user", "password": None},
            {"username": "", "password": PASSWORD},
            {"username": "   ", "password": PASSWORD},
            {"username": None, "email": None, "password": PASSWORD},
            {"username": 5, "password": PASSWORD},
            {"username": ["user"], "password": PASSWORD},
            {"username": {"a": 1}, "password": PASSWORD},
            {"username": "user", "password": 5},
            {"username": "user", "password": [PASSWORD]},
            {"username": "user", "password": True},
            {"username": "u" * 321, "password": PASSWORD},
            {"username": "user", "password": "x" * 4097},
        ]
    ),
)
async def test_a_sign_in_that_lacks_something_is_400(api: Api, body: dict[str, Any]) -> None:
    """C-01: three texts for the frontend to show, and never 422."""
    async with unchanged(api):
        answer = await api.client.post(LOGIN, json=body)
    assert (answer.status_code, answer.json()) == (400, MISSING)


@pytest.mark.parametrize(
    "sent",
    numbered(
        [
            {},
            {"data": {"username": "user"}},
            {"data": {"password": PASSWORD}},
            {"data": {"username": " ", "password": PASSWORD}},
            {"json": {"username": "user", "password": PASSWORD}},
            {"content": b"username=user&password=secret1"},
        ]
    ),
)
async def test_a_form_that_lacks_something_is_400(api: Api, sent: dict[str, Any]) -> None:
    """F-14: a form without its fields is the caller's mistake, not a fault of the server."""
    async with unchanged(api):
        answer = await api.client.post(FORM, **sent)
    assert (answer.status_code, answer.json()) == (400, MISSING)


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"username=a%00b&password=secret1"},
        {"content": b"username=%ff%fe&password=%ed%a0%80"},
        {"content": b"&&&===&username&username=user&username=other&password"},
        {"files": {"username": ("name.txt", b"user"), "password": ("p.txt", PASSWORD.encode())}},
        {
            "content": b"--x\r\nbroken",
            "headers": {"content-type": "multipart/form-data; boundary=x"},
        },
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
    ],
    ids=["NUL", "not UTF-8", "repeated", "files", "broken multipart", "no boundary"],
)
async def test_a_form_with_odd_content_is_refused(api: Api, sent: dict[str, Any]) -> None:
    """Nothing that can be put into a form breaks the server."""
    headers = {"content-type": "application/x-www-form-urlencoded"} | sent.pop("headers", {})
    if "files" in sent:
        headers = {}
    async with unchanged(api):
        answer = await api.client.post(FORM, headers=headers, **sent)
    assert answer.status_code in {400, 401}
    assert {"error", "message", "detail"} <= set(answer.json())


async def asleep(api: Api) -> None:
    """Store the inactive user `asleep`, who knows the password."""
    await api.user(username="asleep", is_active=False)
