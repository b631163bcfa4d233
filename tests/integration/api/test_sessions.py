"""Tokens: whose they are, when they end, and how they are renewed (contract 1.1, 3.1, 4.2)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest

from api import NOW, PASSWORD, Api, Person
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.users import Role, User
from integration.api.cases import numbered
from integration.api.contents import unchanged
from integration.api.shapes import USER, check_instants, detailed, holds
from integration.api.tokens import claims, signed
from integration.api.town import Town, copy_of

TOKENS = {"access_token", "refresh_token", "token_type", "expires_in"}
OTHER_KEY = "another-key-of-the-same-good-length-1234"

Forged = Callable[[Api, str], str]
FORGED: dict[str, tuple[Forged, str]] = {
    "garbage": (lambda *_: "garbage", "Invalid token"),
    "three dots": (lambda *_: "a.b.c", "Invalid token"),
    "NUL": (lambda *_: "a%00.b.c", "Invalid token"),
    "another key": (lambda api, me: signed(api, claims(me), key=OTHER_KEY), "Invalid token"),
    "no algorithm": (lambda _, me: jwt.encode(claims(me), None, "none"), "Invalid token"),
    "no end": (lambda api, me: signed(api, claims(me, exp=None)), "Invalid token"),
    "an odd end": (lambda api, me: signed(api, claims(me, exp="soon")), "Invalid token"),
    "an endless end": (lambda api, me: signed(api, claims(me, exp=1e300)), "Invalid token"),
    "ended": (lambda api, me: signed(api, claims(me, exp=NOW.timestamp())), "Token has expired"),
    "no subject": (lambda api, _: signed(api, claims("")), "Invalid token: missing subject"),
    "an odd subject": (lambda api, _: signed(api, claims("x", sub=5)), "Invalid token"),
    "refresh": (lambda api, me: signed(api, claims(me, type="refresh")), "Invalid token type"),
    "nobody": (lambda api, _: signed(api, claims("nobody")), "User not found"),
    "no session": (lambda api, me: signed(api, claims(me, sid="gone")), "Session has ended"),
}


@pytest.mark.parametrize(("forge", "sentence"), FORGED.values(), ids=FORGED)
async def test_a_token_that_is_not_good_is_refused(
    api: Api, admin: Person, forge: Forged, sentence: str
) -> None:
    """F-21, S11, S13: only what this service signed, for access, and which has an end, opens it."""
    headers = {"Authorization": f"Bearer {forge(api, admin.id)}"}
    async with unchanged(api):
        answer = await api.client.get("/api/v2/jobs", headers=headers)
    assert (answer.status_code, answer.json()) == (401, detailed("Unauthorized", sentence))
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpzZWNyZXQx", "Token abc", "bearer"]
)
async def test_without_a_bearer_token_nobody_is_signed_in(api: Api, header: str | None) -> None:
    """A missing or foreign credential is told apart from a bad token."""
    headers = {} if header is None else {"Authorization": header}
    answer = await api.client.get("/api/v2/jobs", headers=headers)
    assert (answer.status_code, answer.json()) == (
        401,
        detailed("Unauthorized", "Not authenticated"),
    )


async def test_a_token_expires_with_the_word_that_clients_look_for(api: Api, user: Person) -> None:
    """Clients of the previous API find "expired" in `detail` and refresh."""
    api.clock.tick(3599)
    assert (await user.get("/auth/verify")).status_code == 200
    api.clock.tick(1)
    answer = await user.get("/auth/verify")
    assert (answer.status_code, answer.json()["detail"]) == (401, "Token has expired")


async def test_a_token_of_the_previous_backend_works(api: Api, user: Person) -> None:
    """Decision 0.17: who is signed in while we take over stays signed in."""
    foreign = claims(user.id, jti="1", nbf=NOW.timestamp(), csrf="x", role="admin", fresh=True)
    headers = {"Authorization": f"Bearer {signed(api, foreign)}"}
    answer = await api.client.get("/api/v2/auth/verify", headers=headers)
    assert answer.json() == {
        "valid": True,
        "user_id": user.id,
        "username": "user",
        "role": "user",
        "message": "Token is valid",
    }


async def test_the_role_in_a_token_gives_no_right(api: Api, viewer: Person) -> None:
    """S16: a demoted admin cannot go on with the token from before."""
    token = signed(api, claims(viewer.id, role="admin"))
    headers = {"Authorization": f"Bearer {token}"}
    answer = await api.client.get("/api/v2/scheduler/status", headers=headers)
    assert answer.status_code == 403


async def test_a_deactivated_user_is_out_at_once(api: Api, user: Person) -> None:
    """S16: neither token of an account that was switched off opens anything."""
    await change(api, user, is_active=False)
    denied = detailed("Unauthorized", "User account is deactivated")
    for path, token in (("/auth/me", "access_token"), ("/auth/refresh", "refresh_token")):
        method = "GET" if path == "/auth/me" else "POST"
        answer = await user.call(method, path, headers=bearer(user, token))
        assert (answer.status_code, answer.json()) == (401, denied)


@pytest.mark.parametrize(
    "request_of",
    numbered(
        [
            {},
            {"content": b""},
            {"content": b"", "headers": {"content-type": "application/json"}},
            {"content": b"null", "headers": {"content-type": "application/json"}},
            {"content": b"null"},
            {"json": {}},
            {"json": {"refresh_token": "ignored, the header wins"}},
            {"content": b"{", "headers": {"content-type": "application/json"}},
        ]
    ),
)
async def test_a_refresh_token_in_the_header_is_enough(
    user: Person, request_of: dict[str, Any]
) -> None:
    """C-05: axios sends the four bytes `null`; whatever comes as a body, the header counts."""
    headers = bearer(user, "refresh_token") | request_of.get("headers", {})
    answer = await user.call("POST", "/auth/refresh", **request_of | {"headers": headers})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == TOKENS
    assert answer.json()["refresh_token"] == user.tokens["refresh_token"]
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 3600)


async def test_a_refresh_token_in_the_body_is_enough_too(api: Api, user: Person) -> None:
    """C-05: scripts send it as the specification's appendix says."""
    body = {"refresh_token": user.tokens["refresh_token"]}
    answer = await api.client.post("/api/v2/auth/refresh", json=body)
    fresh = replace(user, tokens=answer.json())
    assert (await fresh.get("/auth/verify")).status_code == 200


@pytest.mark.parametrize(
    ("request_of", "status"),
    numbered(
        [
            ({}, 401),
            ({"content": b"null", "headers": {"content-type": "application/json"}}, 401),
            ({"json": {}}, 401),
            ({"json": {"refresh_token": None}}, 401),
            ({"json": {"refresh_token": 5}}, 401),
            ({"json": {"refresh_token": ""}}, 401),
            ({"json": {"refresh_token": "garbage"}}, 401),
            ({"json": []}, 400),
            ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ]
    ),
)
async def test_a_refresh_without_a_token_is_refused(
    api: Api, request_of: dict[str, Any], status: int
) -> None:
    """There is nothing to refresh: 401, or 400 for a body that is none."""
    async with unchanged(api):
        answer = await api.client.post("/api/v2/auth/refresh", **request_of)
    assert answer.status_code == status


async def test_each_token_has_its_use(user: Person) -> None:
    """An access token refreshes nothing, a refresh token reads nothing."""
    wrong = (401, detailed("Unauthorized", "Invalid token type"))
    answer = await user.post("/auth/refresh")
    assert (answer.status_code, answer.json()) == wrong
    answer = await user.call("GET", "/jobs", headers=bearer(user, "refresh_token"))
    assert (answer.status_code, answer.json()) == wrong


async def test_two_tabs_refresh_at_once_and_stay_signed_in(user: Person) -> None:
    """C098: the frontend keeps its first refresh token, so using it never spends it."""
    headers = bearer(user, "refresh_token")
    for _ in range(2):
        answers = await asyncio.gather(
            *(user.call("POST", "/auth/refresh", headers=headers) for _ in range(20))
        )
        assert [answer.status_code for answer in answers] == [200] * 20


async def test_the_lives_of_tokens_follow_the_settings(town: Town, tmp_path: Any) -> None:
    """F-21: `expires_in` and the `exp` that the frontend counts down are what was configured."""
    async with copy_of(town, tmp_path, jwt_access_token_expires=120) as api:
        person = await api.user()
        assert person.tokens["expires_in"] == 120
        content = jwt.decode(person.tokens["access_token"], options={"verify_signature": False})
        assert content["exp"] - content["iat"] == pytest.approx(120)
        refreshed = await person.call(
            "POST", "/auth/refresh", headers=bearer(person, "refresh_token")
        )
        assert refreshed.json()["expires_in"] == 120
        api.clock.tick(120)
        assert (await person.get("/auth/verify")).json()["detail"] == "Token has expired"


async def test_a_token_says_what_the_specification_asks(user: Person) -> None:
    """Section 3.1: scripts read `sub`, `role`, `email` and `type` from either token."""
    for name, kind in (("access_token", "access"), ("refresh_token", "refresh")):
        content = jwt.decode(user.tokens[name], options={"verify_signature": False})
        holds(
            content,
            {
                "sub": user.id,
                "role": "user",
                "email": "user@example.com",
                "type": kind,
            },
        )
        assert {"iat", "exp", "jti", "sid"} <= set(content)


async def test_who_am_i_is_flat_and_under_both_keys(user: Person) -> None:
    """C-23: three generations of clients each find the user where they look."""
    body = (await user.get("/auth/me")).json()
    flat = {key: body[key] for key in USER}
    assert body == {**flat, "user": flat, "data": flat}
    assert flat["id"] == user.id
    assert check_instants(body) == 6


async def test_signing_out_ends_the_session_and_no_other(api: Api, user: Person) -> None:
    """F-21: both tokens of the session are dead, those of another device live on."""
    login = {"username": "user", "password": PASSWORD}
    elsewhere = replace(
        user, tokens=(await api.client.post("/api/v2/auth/login", json=login)).json()
    )
    answer = await user.post("/auth/logout")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "message": "Logout successful",
            "detail": "Please discard your tokens on the client side",
        },
    )
    ended = (401, detailed("Unauthorized", "Session has ended"))
    answer = await user.get("/auth/me")
    assert (answer.status_code, answer.json()) == ended
    answer = await user.call("POST", "/auth/refresh", headers=bearer(user, "refresh_token"))
    assert (answer.status_code, answer.json()) == ended
    assert (await elsewhere.get("/auth/me")).status_code == 200


async def test_new_tokens_follow_the_account(api: Api, user: Person) -> None:
    """A refreshed token names the role and address that the account has now."""
    await change(api, user, role=Role.VIEWER, email="moved@example.com")
    answer = await user.call("POST", "/auth/refresh", headers=bearer(user, "refresh_token"))
    token = answer.json()["access_token"]
    content = jwt.decode(token, options={"verify_signature": False})
    assert (content["role"], content["email"]) == ("viewer", "moved@example.com")


def bearer(person: Person, name: str) -> dict[str, str]:
    """Return the header with one of the person's tokens."""
    return {"Authorization": f"Bearer {person.tokens[name]}"}


async def change(api: Api, person: Person, **values: Any) -> User:
    """Change a stored user, past the application."""
    async with api.container.store().writing() as uow:
        user = await uow.users.get(UserId(person.id))
        assert user is not None
        changed = replace(user, **values)
        await uow.users.update(changed)
        await uow.commit()
    return changed
