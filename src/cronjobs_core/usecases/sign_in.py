"""Signing in and out, and telling who a token belongs to."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.ids import SessionId
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor, Session, User, normalise_login
from cronjobs_core.ports.security import Claims, PasswordHasher, TokenKind, Tokens
from cronjobs_core.ports.store import Reading, Store
from cronjobs_core.ports.world import Clock, NewId

_WRONG: Final = "Invalid email/username or password"
_INACTIVE: Final = "Account is inactive. Contact administrator."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long tokens are good, in seconds. A session lives as long as its refresh token."""

    access: int = 3600
    refresh: int = 2_592_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The tokens of a session. `expires_in` is the access token's life in seconds."""

    user: User
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


class SignIn:
    """Passwords for sessions, sessions for tokens, tokens for actors."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        new_id: NewId,
        hasher: PasswordHasher,
        tokens: Tokens,
        lifetimes: Lifetimes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._hasher = hasher
        self._tokens = tokens
        self._lifetimes = lifetimes
        self._nobody: asyncio.Future[str] | None = None

    async def log_in(self, login: str, password: str) -> SignedIn:
        """Begin a session for the user of this name or address; raises Unauthenticated.

        Unknown users cost the same hashing as known ones, and only a right password learns that
        an account is inactive (S06). A hash made in an outdated way is renewed.
        """
        async with self._store.reading() as view:
            user = await view.users.by_login(normalise_login(login))
        stored = user.password_hash if user is not None else await self._hash_of_nobody()
        if not await self._hasher.verify(password, stored) or user is None:
            raise Unauthenticated(_WRONG, error="Invalid credentials")
        if not user.is_active:
            raise Unauthenticated(_INACTIVE, error="Account inactive")
        renewed = None
        if self._hasher.needs_rehash(stored):
            renewed = await self._hasher.hash(password)
        return await self._begin_session(user, renewed)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """A new access token, with the same refresh token; raises Unauthenticated.

        The frontend keeps its first refresh token, so that one stays good until its session ends.
        """
        claims, user = await self._recognise(refresh_token, "refresh")
        session_id = claims.session_id or await self._adopt(claims)
        return self._signed_in(user, session_id, refresh_token)

    async def identify(self, access_token: str) -> Actor:
        """The actor that a token names, with the role of this moment; raises Unauthenticated."""
        claims, user = await self._recognise(access_token, "access")
        return Actor.of(user, claims.session_id)

    async def profile(self, actor: Actor) -> User:
        """The actor's own account."""
        authorise(actor, Action.OWN_SESSION)
        async with self._store.reading() as view:
            user = await view.users.get(actor.user_id)
        if user is None:
            raise Unauthenticated("User not found")
        return user

    async def log_out(self, actor: Actor) -> None:
        """End the session of the token presented: both its tokens are worthless from now on."""
        authorise(actor, Action.OWN_SESSION)
        if actor.session_id is None:
            return
        async with self._store.writing() as uow:
            session = await uow.sessions.get(actor.session_id)
            if session is not None:
                await uow.sessions.update(session.end(self._clock.now()))
            await uow.commit()

    async def _begin_session(self, user: User, new_hash: str | None) -> SignedIn:
        now = self._clock.now()
        session = Session(
            id=SessionId(self._new_id()),
            user_id=user.id,
            created_at=now,
            expires_at=now + timedelta(seconds=self._lifetimes.refresh),
        )
        async with self._store.writing() as uow:
            await uow.sessions.add(session)
            if new_hash is not None:
                user = user.change(password_hash=new_hash, at=now)
                await uow.users.update(user)
            await uow.commit()
        life = self._lifetimes.refresh
        refresh_token = self._tokens.issue("refresh", user, session.id, now, life)
        return self._signed_in(user, session.id, refresh_token, fresh=True)

    async def _adopt(self, claims: Claims) -> SessionId:
        """A session for a refresh token of the previous backend, so that its heirs can be ended."""
        session = Session(
            id=SessionId(self._new_id()),
            user_id=claims.user_id,
            created_at=self._clock.now(),
            expires_at=claims.expires_at,
        )
        async with self._store.writing() as uow:
            await uow.sessions.add(session)
            await uow.commit()
        return session.id

    def _signed_in(
        self, user: User, session_id: SessionId, refresh_token: str, *, fresh: bool = False
    ) -> SignedIn:
        life, now = self._lifetimes.access, self._clock.now()
        access = self._tokens.issue("access", user, session_id, now, life, fresh=fresh)
        return SignedIn(
            user=user, access_token=access, refresh_token=refresh_token, expires_in=life
        )

    async def _recognise(self, token: str, kind: TokenKind) -> tuple[Claims, User]:
        claims = self._tokens.read(token, kind, self._clock.now())
        async with self._store.reading() as view:
            user = await view.users.get(claims.user_id)
            if user is None:
                raise Unauthenticated("User not found")
            if not user.is_active:
                raise Unauthenticated("User account is deactivated")
            await self._check_session(view, claims, user)
        return claims, user

    async def _check_session(self, view: Reading, claims: Claims, user: User) -> None:
        """Tokens die with their session; those without one with all of their user's (0.17)."""
        if claims.session_id is None:
            limit = user.sessions_end_before
            alive = limit is None or claims.issued_at >= limit
        else:
            session = await view.sessions.get(claims.session_id)
            alive = session is not None and session.is_alive(self._clock.now())
        if not alive:
            raise Unauthenticated("Session has ended")

    async def _hash_of_nobody(self) -> str:
        """A hash that no password belongs to, made once by the same function as real ones."""
        if self._nobody is None:
            self._nobody = asyncio.ensure_future(self._hasher.hash(self._new_id()))
        return await asyncio.shield(self._nobody)
