"""Accounts: making, reading, changing and removing them."""

from dataclasses import dataclass
from typing import Final

from cronjobs_core.domain.account_form import (
    NewUser,
    UserChange,
    new_email,
    new_user,
    user_change,
)
from cronjobs_core.domain.errors import AccountTaken, Conflict, InvalidInput, NotFound
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.policy import Action, authorise, authorise_on
from cronjobs_core.domain.users import Actor, Role, User
from cronjobs_core.ports.security import PasswordHasher
from cronjobs_core.ports.store import Reading, Store, UnitOfWork
from cronjobs_core.ports.telling import Note
from cronjobs_core.ports.world import Clock, NewId

_TAKEN: Final = "Email already exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageUsers:
    """The life of an account. `ask_current`: a new password of one's own needs the present one."""

    store: Store
    clock: Clock
    new_id: NewId
    hasher: PasswordHasher
    note: Note
    ask_current: bool = False

    async def list_all(self, actor: Actor) -> list[User]:
        """All users, the oldest account first."""
        authorise(actor, Action.LIST_USERS)
        async with self.store.reading() as view:
            return await view.users.list_all()

    async def get(self, actor: Actor, user_id: UserId) -> User:
        """One account; raises NotYours, NotFound."""
        authorise_on(actor, Action.READ_USER, user_id)
        async with self.store.reading() as view:
            return await _user(view, user_id)

    async def check_access(self, actor: Actor, action: Action, user_id: UserId) -> None:
        """Raise NotYours or NotFound as the action itself would, without doing it."""
        authorise_on(actor, action, user_id)
        async with self.store.reading() as view:
            await _user(view, user_id)

    async def change(self, actor: Actor, user_id: UserId, fields: Fields) -> tuple[User, list[str]]:
        """Change an account, all of what is sent or nothing; returns it and what was changed.

        A new password ends the user's other sessions, or all of them where an admin set it; so
        does a deactivation. Raises NotYours, NotFound, Forbidden, InvalidInput, Conflict.
        """
        authorise_on(actor, Action.UPDATE_USER, user_id)
        email = new_email(fields)
        async with self.store.reading() as view:
            stored = await _user(view, user_id)
            await _require_free(view, email, user_id)
        change = user_change(fields, by_admin=actor.role is Role.ADMIN)
        own = actor.user_id == user_id
        if own and change.password is not None:
            await self._check_current(stored, change)
        hashed = await self.hasher.hash(change.password) if change.password is not None else None
        async with self.store.writing() as uow:
            before = await _user(uow, user_id)
            after = before.change(
                email=change.email,
                password_hash=hashed,
                role=change.role,
                is_active=change.is_active,
                at=self.clock.now(),
            )
            await _keep_an_admin(uow, before, after)
            if hashed is not None or not after.is_active:
                after = await self._end_sessions(uow, after, keep=actor if own else None)
            await _update(uow, after)
            await self.note(uow, actor, "user.update", before, after)
            await uow.commit()
        return after, change.names

    async def delete(self, actor: Actor, user_id: UserId) -> User:
        """Remove an account; its jobs stay and belong to nobody. Raises InvalidInput, NotFound."""
        authorise(actor, Action.DELETE_USER)
        if user_id == actor.user_id:
            raise InvalidInput("Cannot delete your own account")
        async with self.store.writing() as uow:
            user = await _user(uow, user_id)
            await _keep_an_admin(uow, user, None)
            await uow.users.delete(user_id)
            await self.note(uow, actor, "user.delete", user, None)
            await uow.commit()
        return user

    async def register(self, actor: Actor, fields: Fields) -> User:
        """Make an account; raises InvalidAccount, AccountTaken."""
        authorise(actor, Action.REGISTER_USER)
        user = await self._made(new_user(fields))
        async with self.store.writing() as uow:
            await self._add(uow, actor, user)
            await uow.commit()
        return user

    async def create_admin(self, username: str, email: str, password: str) -> User:
        """Make an admin without asking who wants it: for the operator's command line.

        Raises InvalidAccount, AccountTaken.
        """
        user = await self._made(_admin(username, email, password))
        async with self.store.writing() as uow:
            await self._add(uow, None, user)
            await uow.commit()
        return user

    async def ensure_first_admin(self, username: str, email: str, password: str) -> User | None:
        """Make an admin if there is no user at all, else do nothing and return None.

        Of any number of processes that ask at once, one makes the admin (S08).
        """
        async with self.store.reading() as view:
            if await view.users.count():
                return None
        user = await self._made(_admin(username, email, password))
        async with self.store.writing() as uow:
            if await uow.users.count():
                return None
            await self._add(uow, None, user)
            await uow.commit()
        return user

    async def _check_current(self, stored: User, change: UserChange) -> None:
        """The present password is checked where it is sent, and asked for by setting only."""
        if change.current_password is None and not self.ask_current:
            return
        sent = change.current_password or ""
        if not await self.hasher.verify(sent, stored.password_hash):
            raise InvalidInput("Current password is incorrect", "Current password is incorrect")

    async def _end_sessions(self, uow: UnitOfWork, user: User, *, keep: Actor | None) -> User:
        """End the user's sessions, but for the one that asks and may go on.

        Tokens without a session end as well.
        """
        now = self.clock.now()
        kept = keep.session_id if keep is not None and user.is_active else None
        await uow.sessions.end_all(user.id, now, keep=kept)
        return user.end_sessions_before(now)

    async def _made(self, new: NewUser) -> User:
        now = self.clock.now()
        return User(
            id=UserId(self.new_id()),
            username=new.username,
            email=new.email,
            password_hash=await self.hasher.hash(new.password),
            role=new.role,
            is_active=new.is_active,
            created_at=now,
            updated_at=now,
        )

    async def _add(self, uow: UnitOfWork, actor: Actor | None, user: User) -> None:
        await uow.users.add(user)
        await self.note(uow, actor, "user.create", None, user)


async def _user(view: Reading, user_id: UserId) -> User:
    user = await view.users.get(user_id)
    if user is None:
        raise NotFound("User not found")
    return user


async def _require_free(view: Reading, email: str | None, user_id: UserId) -> None:
    """Raise Conflict before later fields are judged, as the contract orders it."""
    other = await view.users.by_login(email) if email is not None else None
    if other is not None and other.id != user_id:
        raise Conflict(_TAKEN)


async def _update(uow: UnitOfWork, user: User) -> None:
    """Store the change; raises Conflict where the address was taken meanwhile."""
    try:
        await uow.users.update(user)
    except AccountTaken as taken:  # the contract's body here is the bare title
        raise Conflict(_TAKEN) from taken


async def _keep_an_admin(uow: UnitOfWork, before: User, after: User | None) -> None:
    """Refuse a change after which there would be no active admin (S09)."""
    stays = after is not None and after.is_active_admin
    if before.is_active_admin and not stays and await uow.users.active_admins() <= 1:
        raise InvalidInput("Cannot remove the last active admin")


def _admin(username: str, email: str, password: str) -> NewUser:
    return new_user(
        {"username": username, "email": email, "password": password, "role": Role.ADMIN}
    )
