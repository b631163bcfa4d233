"""From a registration to a new user, and from a request to the change of one."""

import pytest

from cronjobs_core.domain.account_form import (
    NewUser,
    UserChange,
    new_user,
    password,
    role,
    user_change,
)
from cronjobs_core.domain.errors import Forbidden, InvalidAccount, InvalidInput
from cronjobs_core.domain.users import Role

VALID = {"username": "Anna_1", "email": "Anna@Example.com", "password": "secret-1"}


def test_a_registration() -> None:
    """User name and address are kept in lower case; a new user is an active viewer."""
    assert new_user(VALID) == NewUser(
        username="anna_1",
        email="anna@example.com",
        password="secret-1",  # noqa: S106 -- no real one
        role=Role.VIEWER,
        is_active=True,
    )


@pytest.mark.parametrize("name", ["admin", "user", "viewer"])
def test_a_registration_may_name_a_role(name: str) -> None:
    """Each of the three roles may be given, and so may the state of the account."""
    made = new_user(VALID | {"role": name, "is_active": False})
    assert (made.role, made.is_active) == (Role(name), False)


@pytest.mark.parametrize("absent", [None, ""])
def test_a_role_that_is_not_given(absent: object) -> None:
    """Null and empty are no role: the default stands."""
    assert new_user(VALID | {"role": absent, "is_active": None}) == new_user(VALID)


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, ["username", "email", "password"]),
        ({"username": "anna", "email": "", "password": None}, ["email", "password"]),
    ],
)
def test_missing_fields_are_named(fields: dict[str, object], missing: list[str]) -> None:
    """Absent, null and empty required fields are told together."""
    with pytest.raises(InvalidAccount) as refused:
        new_user(fields)
    assert refused.value.error == "Missing required fields"
    assert refused.value.extra == {"missing": missing}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"username": "ab"}, "Invalid username"),
        ({"username": "a" * 81}, "Invalid username"),
        ({"username": "anna b"}, "Invalid username"),
        ({"username": "ännä"}, "Invalid username"),
        ({"username": 5}, "Invalid username"),
        ({"email": "not-an-email"}, "Invalid email"),
        ({"email": f"{'a' * 120}@example.com"}, "Invalid email"),
        ({"password": "12345"}, "Password must be at least 6 characters long"),
        ({"role": "root"}, "Invalid role"),
        ({"role": ["admin"]}, "Invalid role"),
        ({"is_active": "yes"}, "Invalid is_active"),
    ],
)
def test_what_a_registration_is_refused_for(fields: dict[str, object], error: str) -> None:
    """Each rule about accounts is told as an error about an account."""
    with pytest.raises(InvalidAccount) as refused:
        new_user(VALID | fields)
    assert refused.value.error == error
    assert refused.value.message


@pytest.mark.parametrize("value", ["secret", "  x  y ", "密码密码密码", "x" * 128])
def test_a_password_is_kept_as_it_is(value: str) -> None:
    """A password of 6 to 128 characters is taken unchanged, blanks included."""
    assert password(value) == value


@pytest.mark.parametrize("value", ["", "12345", "      ", None, 123456, ["secret"]])
def test_a_password_that_is_too_short(value: object) -> None:
    """Fewer than 6 characters, blanks only, or no text at all make no password."""
    with pytest.raises(InvalidInput, match="Password must be at least 6 characters long"):
        password(value)


def test_a_password_has_a_limit() -> None:
    """A password of 129 characters is refused before anybody hashes it."""
    with pytest.raises(InvalidInput, match="Password must be at most 128 characters long"):
        password("x" * 129)


def test_a_role_that_does_not_exist() -> None:
    """The sentence names the roles that there are."""
    with pytest.raises(InvalidInput) as refused:
        role("root")
    assert refused.value.message == "Role must be one of: admin, user, viewer"


def test_a_change_of_a_user() -> None:
    """An admin may change all four fields; they are named in the contract's order."""
    sent = {"is_active": False, "role": "admin", "password": "secret-2", "email": " B@Example.com "}
    change = user_change(sent, by_admin=True)
    assert change == UserChange(
        email="b@example.com",
        password="secret-2",  # noqa: S106 -- no real one
        role=Role.ADMIN,
        is_active=False,
    )
    assert change.names == ["email", "password", "role", "is_active"]


def test_what_is_empty_or_null_is_not_changed() -> None:
    """Empty and null fields are left as they are, and so is anything that is no field."""
    sent = {"email": "", "password": None, "role": None, "username": "x", "is_active": True}
    assert user_change(sent, by_admin=True).names == ["is_active"]


def test_the_present_password_is_no_change() -> None:
    """A current password is read for the check and does not count as a change."""
    change = user_change({"password": "secret-2", "current_password": " old "}, by_admin=False)
    assert (change.names, change.current_password) == (["password"], " old ")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"role": "user"}, "Only admins can change user roles"),
        ({"is_active": True}, "Only admins can change user active status"),
    ],
)
def test_what_only_admins_may_change(sent: dict[str, object], error: str) -> None:
    """A user may change neither their own role nor their own state."""
    with pytest.raises(Forbidden) as refused:
        user_change(sent, by_admin=False)
    assert (refused.value.error, refused.value.message) == (error, None)


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({}, "No valid fields to update", None),
        ({"username": "x", "current_password": "old"}, "No valid fields to update", None),
        ({"email": "nobody"}, "Invalid email", '"nobody" is not a valid e-mail address.'),
        ({"password": "12345"}, "Password must be at least 6 characters long", None),
        (
            {"password": "secret-2", "current_password": 5},
            "Invalid current_password",
            "current_password must be a string.",
        ),
        ({"role": "root"}, "Invalid role", "Role must be one of: admin, user, viewer"),
        ({"is_active": "no"}, "Invalid is_active", "is_active must be true or false."),
    ],
    ids=["nothing", "nothing known", "email", "password", "current", "role", "is_active"],
)
def test_what_a_change_of_a_user_is_refused_for(
    sent: dict[str, object], error: str, message: str | None
) -> None:
    """Each problem is told in the contract's words (4.3)."""
    with pytest.raises(InvalidInput) as refused:
        user_change(sent, by_admin=True)
    assert (refused.value.error, refused.value.message) == (error, message)


@pytest.mark.parametrize("field", ["email", "password", "role"])
@pytest.mark.parametrize("value", [0, False, [], {}])
def test_a_value_of_another_type_was_sent_all_the_same(field: str, value: object) -> None:
    """Only null and an empty text are nothing: 0, false and empty lists are refused."""
    with pytest.raises(InvalidInput) as refused:
        user_change({field: value}, by_admin=True)
    assert refused.value.error != "No valid fields to update"
