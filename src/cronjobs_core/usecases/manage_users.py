"""Accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cronjobs_core.domain.account_form import NewUser, new_user
from cronjobs_core.domain.audit import Entity
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor, Role, User
from cronjobs_core.ports.security import PasswordHasher
from cronjobs_core.ports.store import Store, UnitOfWork
from cronjobs_core.ports.world import Clock, NewId

Note = Callable[[UnitOfWork, Actor | None, str, Entity | None, Entity | None], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageUsers:
    """Making accounts, by an admin or for the first admin of all."""

    store: Store
    clock: Clock
    new_id: NewId
    hasher: PasswordHasher
    note: Note

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


def _admin(username: str, email: str, password: str) -> NewUser:
    return new_user(
        {"username": username, "email": email, "password": password, "role": Role.ADMIN}
    )
