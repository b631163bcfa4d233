"""From the fields of a request to the validated values of a new user."""

import re
from dataclasses import dataclass
from typing import Final

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import Forbidden, InvalidAccount, InvalidInput
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.users import Role, normalise_login

MIN_PASSWORD: Final = 6
MAX_PASSWORD: Final = 128
MAX_EMAIL: Final = 120
_USERNAME = re.compile(r"[A-Za-z0-9_-]{3,80}")
_REQUIRED: Final = ("username", "email", "password")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to be: the password is still in clear."""

    username: str
    email: str
    password: str
    role: Role = Role.VIEWER
    is_active: bool = True


def new_user(fields: Fields) -> NewUser:
    """The user that a registration describes; raises InvalidAccount for the first problem."""
    missing = [key for key in _REQUIRED if fields.get(key) in (None, "")]
    if missing:
        message = f"Missing required fields: {', '.join(missing)}."
        raise InvalidAccount("Missing required fields", message, missing=missing)
    try:
        return NewUser(
            username=_username(fields["username"]),
            email=normalise_login(read.email(fields["email"], MAX_EMAIL)),
            password=password(fields["password"]),
            role=Role.VIEWER if _is_blank(fields, "role") else role(fields["role"]),
            is_active=read.flag(fields, "is_active") is not False,
        )
    except InvalidInput as problem:
        raise InvalidAccount(problem.error, problem.message, **problem.extra) from problem


def password(value: object) -> str:
    """A new password, unchanged; raises InvalidInput for one too short, too long or blank."""
    if not isinstance(value, str) or len(value) < MIN_PASSWORD or not value.strip():
        message = f"Password must be at least {MIN_PASSWORD} characters long"
        raise InvalidInput(message, message)
    if len(value) > MAX_PASSWORD:
        message = f"Password must be at most {MAX_PASSWORD} characters long"
        raise InvalidInput(message, message)
    return value


def role(value: object) -> Role:
    """The role of that name; raises InvalidInput with the contract's list."""
    try:
        return Role(value) if isinstance(value, str) else Role("")
    except ValueError as error:
        names = ", ".join(Role)
        raise InvalidInput("Invalid role", f"Role must be one of: {names}") from error


def _username(value: object) -> str:
    trimmed = value.strip() if isinstance(value, str) else ""
    if _USERNAME.fullmatch(trimmed) is None:
        message = "Username must be 3 to 80 letters, digits, underscores or hyphens."
        raise InvalidInput("Invalid username", message)
    return normalise_login(trimmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What a request changes about a user; None leaves it. `password` is still in clear."""

    email: str | None = None
    password: str | None = None
    role: Role | None = None
    is_active: bool | None = None
    current_password: str | None = None

    @property
    def names(self) -> list[str]:
        """What is changed, in the contract's order."""
        order = ("email", "password", "role", "is_active")
        return [name for name in order if getattr(self, name) is not None]


def user_change(fields: Fields, *, by_admin: bool) -> UserChange:
    """The change that a request describes (contract 4.3); unknown fields are ignored.

    Raises InvalidInput for a field that breaks a rule and where nothing is left to change,
    Forbidden for a role or state that only admins may change.
    """
    change = UserChange(
        email=new_email(fields),
        password=None if _is_blank(fields, "password") else _new_password(fields["password"]),
        role=_new_role(fields, by_admin=by_admin),
        is_active=_new_state(fields, by_admin=by_admin),
        current_password=_current_password(fields),
    )
    if not change.names:
        raise InvalidInput("No valid fields to update")
    return change


def new_email(fields: Fields) -> str | None:
    """The address that a change names, None where it names none; raises InvalidInput."""
    if _is_blank(fields, "email"):
        return None
    return normalise_login(read.email(fields["email"], MAX_EMAIL))


def _current_password(fields: Fields) -> str | None:
    """The password as it was typed: blanks and length are no business of ours here."""
    value = fields.get("current_password")
    if value is None or isinstance(value, str):
        return value
    raise InvalidInput("Invalid current_password", "current_password must be a string.")


def _is_blank(fields: Fields, key: str) -> bool:
    """Whether nothing was sent under the key; what is of another type than text was sent."""
    return fields.get(key) in (None, "")


def _new_password(value: object) -> str:
    try:
        return password(value)
    except InvalidInput as problem:  # the contract's body here is the bare title
        raise InvalidInput(problem.error) from problem


def _new_role(fields: Fields, *, by_admin: bool) -> Role | None:
    if read.is_absent(fields, "role"):
        return None
    if not by_admin:
        raise Forbidden("Only admins can change user roles")
    return role(fields["role"])


def _new_state(fields: Fields, *, by_admin: bool) -> bool | None:
    if read.is_absent(fields, "is_active"):
        return None
    if not by_admin:
        raise Forbidden("Only admins can change user active status")
    return read.flag(fields, "is_active")
