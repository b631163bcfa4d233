"""Making accounts (contract 4.2)."""

from typing import Any

import pytest

from api import Api, Person
from integration.api.cases import numbered
from integration.api.contents import rows, unchanged
from integration.api.shapes import USER, check_instants, detailed, holds

NEW = {"username": "Hanako_1", "email": " Hanako@Example.COM ", "password": "a-long-password"}
BAD_NAME = ("Invalid username", "Username must be 3 to 80 letters, digits, underscores or hyphens.")
TOO_SHORT = "Password must be at least 6 characters long"
BAD_ROLE = ("Invalid role", "Role must be one of: admin, user, viewer")


async def test_a_new_user_is_a_viewer_and_stored_in_lower_case(api: Api, admin: Person) -> None:
    """Name and address are kept in the one form under which they are looked up."""
    answer = await admin.post("/auth/register", NEW)
    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"success", "message", "user"}
    assert (body["success"], body["message"]) == (True, "User registered successfully")
    assert set(body["user"]) == USER
    holds(
        body["user"],
        {
            "username": "hanako_1",
            "email": "hanako@example.com",
            "role": "viewer",
            "is_active": True,
        },
    )
    assert check_instants(body) == 2
    login = {"username": "hanako_1", "password": NEW["password"]}
    assert (await api.client.post("/api/v2/auth/login", json=login)).status_code == 200
    stored = next(row for row in await rows(api, "users") if row["username"] == "hanako_1")
    assert str(NEW["password"]) not in stored["password_hash"]


@pytest.mark.parametrize("role", ["admin", "user", "viewer"])
async def test_role_and_state_can_be_chosen(admin: Person, role: str) -> None:
    """An admin makes accounts of every role, also such that are not active yet."""
    body = {**NEW, "role": role, "is_active": False}
    user = (await admin.post("/auth/register", body)).json()["user"]
    assert (user["role"], user["is_active"]) == (role, False)


@pytest.mark.parametrize("absent", [{}, {"role": None}, {"is_active": None}, {"role": ""}], ids=str)
async def test_null_is_absent(admin: Person, absent: dict[str, Any]) -> None:
    """Decision 0.12: a client that sends null for what it does not know gets the default."""
    user = (await admin.post("/auth/register", {**NEW, **absent})).json()["user"]
    assert (user["role"], user["is_active"]) == ("viewer", True)


@pytest.mark.parametrize(
    ("fields", "missing"),
    numbered(
        [
            ({}, ["username", "email", "password"]),
            ({"username": "hanako"}, ["email", "password"]),
            ({**NEW, "username": ""}, ["username"]),
            ({**NEW, "email": None}, ["email"]),
            ({**NEW, "password": ""}, ["password"]),
        ]
    ),
)
async def test_what_is_missing_is_named(
    api: Api, admin: Person, fields: dict[str, Any], missing: list[str]
) -> None:
    """All missing fields are named at once, in their order."""
    async with unchanged(api):
        answer = await admin.post("/auth/register", fields)
    sentence = f"Missing required fields: {', '.join(missing)}."
    expected = detailed("Missing required fields", sentence, missing=missing)
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    numbered(
        [
            ({"username": "ab"}, *BAD_NAME),
            ({"username": "a" * 81}, *BAD_NAME),
            ({"username": "john.doe"}, *BAD_NAME),
            ({"username": "jöhn"}, *BAD_NAME),
            ({"username": "a b c"}, *BAD_NAME),
            ({"username": 12345}, *BAD_NAME),
            ({"username": ["hanako"]}, *BAD_NAME),
            (
                {"email": "not-an-address"},
                "Invalid email",
                '"not-an-address" is not a valid e-mail address.',
            ),
            ({"email": "a@b"}, "Invalid email", '"a@b" is not a valid e-mail address.'),
            ({"email": 5}, "Invalid email", '"" is not a valid e-mail address.'),
            (
                {"email": "a@example.com\r\nBcc: b@example.com"},
                "Invalid email",
                '"" is not a valid e-mail address.',
            ),
            (
                {"email": f"{'a' * 120}@example.com"},
                "Invalid email",
                "email must be at most 120 characters.",
            ),
            ({"password": "12345"}, TOO_SHORT, TOO_SHORT),
            ({"password": " " * 20}, TOO_SHORT, TOO_SHORT),
            ({"password": 123456789}, TOO_SHORT, TOO_SHORT),
            ({"password": ["secret1"]}, TOO_SHORT, TOO_SHORT),
            ({"password": "x" * 129}, *["Password must be at most 128 characters long"] * 2),
            ({"role": "root"}, *BAD_ROLE),
            ({"role": 5}, *BAD_ROLE),
            ({"role": "Admin"}, *BAD_ROLE),
            ({"is_active": "false"}, "Invalid is_active", "is_active must be true or false."),
            ({"is_active": 0}, "Invalid is_active", "is_active must be true or false."),
        ]
    ),
)
async def test_what_breaks_a_rule_is_400_in_words(
    api: Api, admin: Person, fields: dict[str, Any], error: str, message: str
) -> None:
    """C-01: `john.doe` passes the frontend's own check, and a 422 would sign the admin out."""
    async with unchanged(api):
        answer = await admin.post("/auth/register", {**NEW, **fields})
    assert (answer.status_code, answer.json()) == (400, detailed(error, message))


@pytest.mark.parametrize("email", ["x@corp.local", "x+tag@sub.example.co.jp", "x'y@example.com"])
async def test_unusual_addresses_are_welcome(admin: Person, email: str) -> None:
    """C-01: what the frontend lets pass is accepted, not only what is common."""
    answer = await admin.post("/auth/register", {**NEW, "email": email})
    assert answer.json()["user"]["email"] == email


@pytest.mark.parametrize(
    ("fields", "what"),
    numbered(
        [
            ({"username": "user"}, "Username"),
            ({"username": " USER "}, "Username"),
            ({"email": "user@example.com"}, "Email"),
            ({"email": "USER@EXAMPLE.COM"}, "Email"),
            ({"username": "User", "email": "user@example.com"}, "Username"),
        ]
    ),
)
async def test_a_name_or_address_that_is_taken_is_409(
    api: Api, admin: Person, fields: dict[str, Any], what: str
) -> None:
    """S10: nobody can take a name that differs from another's in case or blanks only."""
    async with unchanged(api):
        answer = await admin.post("/auth/register", {**NEW, **fields})
    sentence = f"{what} already exists"
    assert (answer.status_code, answer.json()) == (409, detailed(sentence, sentence))


async def test_what_is_not_asked_for_is_ignored(api: Api, admin: Person) -> None:
    """S23: nobody chooses ids, dates or hashes."""
    chosen = {"id": "chosen", "created_at": "2000-01-01", "password_hash": "x", "odd": [1]}
    user = (await admin.post("/auth/register", {**NEW, **chosen})).json()["user"]
    assert user["id"] != "chosen"
    assert not user["created_at"].startswith("2000")
    assert "x" not in [row["password_hash"] for row in await rows(api, "users")]
