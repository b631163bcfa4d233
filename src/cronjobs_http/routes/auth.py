"""Signing in and out, and registering users (contract 4.2)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, Field

from cronjobs_core.domain.account_form import MAX_EMAIL, MAX_PASSWORD, MIN_PASSWORD
from cronjobs_core.domain.errors import InvalidAccount, Unauthenticated
from cronjobs_core.domain.users import Role, User
from cronjobs_core.usecases.sign_in import SignedIn
from cronjobs_http.access import (
    BearerToken,
    Body,
    JsonBodyDep,
    MayRegisterUsers,
    MayUseOwnSession,
    ServicesDep,
)
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(prefix="/auth", tags=["auth"])

MAX_LOGIN = 320
MAX_SECRET = 4096
"""The longest password that is looked at; new ones are shorter."""

Email = Annotated[str, Field(max_length=MAX_EMAIL, json_schema_extra={"format": "email"})]
NewPassword = Annotated[str, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD, pattern=r"\S")]


class UserOut(WireModel):
    """A user; never a password or its hash."""

    id: str
    username: str
    email: str
    role: Role
    is_active: bool
    created_at: Instant
    updated_at: Instant


class TokensOut(WireModel):
    """Bearer tokens. `expires_in`: the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105 -- a kind of token
    expires_in: int


class LoginOut(TokensOut):
    """A sign-in that succeeded."""

    success: bool = True
    message: str = "Login successful"
    user: UserOut


class ProfileOut(UserOut):
    """The caller's own account: flat, and again under the keys that other clients read (C-23)."""

    user: UserOut
    data: UserOut


class VerifyOut(WireModel):
    """Whose token it is."""

    valid: bool
    user_id: str
    username: str
    role: Role
    message: str


class LogoutOut(WireModel):
    """The session has ended."""

    success: bool = True
    message: str = "Logout successful"
    detail: str = "Please discard your tokens on the client side"


class RegisterOut(WireModel):
    """A user was made."""

    success: bool = True
    message: str = "User registered successfully"
    user: UserOut


class LoginIn(BaseModel):
    """A password with a user name or, in either field, an e-mail address."""

    username: str | None = None
    email: str | None = None
    password: str = Field(min_length=1, max_length=MAX_SECRET)


class LoginForm(BaseModel):
    """The same as a form of OAuth2, whose further fields are ignored."""

    model_config = ConfigDict(json_schema_extra={"required": ["username", "password"]})

    username: str = ""
    password: str = ""


class RefreshIn(BaseModel):
    """The refresh token, for callers that do not send it as a bearer token."""

    refresh_token: str | None = None


class RegisterIn(BaseModel):
    """A new account."""

    username: str = Field(pattern="^[A-Za-z0-9_-]{3,80}$")
    email: Email
    password: NewPassword
    role: Role | None = Role.VIEWER
    is_active: bool | None = True


@router.post("/login", openapi_extra=documented_body(LoginIn))
async def login(fields: Body, core: ServicesDep) -> LoginOut:
    """Begin a session with a user name (or e-mail address) and a password."""
    name, email = fields.get("username"), fields.get("email")
    identifier = name if name and isinstance(email, str | None) else email
    return await _log_in(core, identifier, fields.get("password"))


@router.post("/login/form")
async def login_form(core: ServicesDep, form: Annotated[LoginForm, Form()]) -> LoginOut:
    """Begin a session by the OAuth2 password form."""
    return await _log_in(core, form.username, form.password)


@router.post(
    "/refresh",
    openapi_extra={**documented_body(RefreshIn, required=False), "security": [{}]},
)
async def refresh(token: BearerToken, body: JsonBodyDep, core: ServicesDep) -> TokensOut:
    """Get a new access token for a refresh token, sent as bearer token or in the body."""
    if not token:
        sent = (await body.read_leniently()).get("refresh_token")
        token = sent if isinstance(sent, str) else None
    if not token:
        raise Unauthenticated("Not authenticated")
    return TokensOut.model_validate(await core.sign_in.refresh(token))


@router.get("/me")
async def me(actor: MayUseOwnSession, core: ServicesDep) -> ProfileOut:
    """Read the caller's own account."""
    user = await core.sign_in.profile(actor)
    shown = UserOut.model_validate(user)
    return ProfileOut(**shown.model_dump(), user=shown, data=shown)


@router.get("/verify")
async def verify(actor: MayUseOwnSession) -> VerifyOut:
    """Say whether the token is good, and whose it is."""
    return VerifyOut(
        valid=True,
        user_id=actor.user_id,
        username=actor.username,
        role=actor.role,
        message="Token is valid",
    )


@router.post("/logout")
async def logout(actor: MayUseOwnSession, core: ServicesDep) -> LogoutOut:
    """End the session: both its tokens are worthless from now on."""
    await core.sign_in.log_out(actor)
    return LogoutOut()


@router.post("/register", status_code=201, openapi_extra=documented_body(RegisterIn))
async def register(actor: MayRegisterUsers, body: Body, core: ServicesDep) -> RegisterOut:
    """Make an account."""
    user: User = await core.manage_users.register(actor, body)
    return RegisterOut(user=UserOut.model_validate(user))


async def _log_in(core: Any, identifier: object, password: object) -> LoginOut:
    """Sign in; a missing or senseless identifier or password is 400 before anything is asked."""
    good = (
        isinstance(identifier, str)
        and isinstance(password, str)
        and 0 < len(identifier.strip()) <= MAX_LOGIN
        and 0 < len(password) <= MAX_SECRET
    )
    if not good:
        message = "Email/Username and password are required"
        raise InvalidAccount(message, message)
    signed_in: SignedIn = await core.sign_in.log_in(identifier, password)
    return LoginOut(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
        user=UserOut.model_validate(signed_in.user),
    )
