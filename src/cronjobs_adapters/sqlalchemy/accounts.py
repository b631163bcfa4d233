"""Users and their sign-ins."""

from dataclasses import dataclass

from sqlalchemy import Column, insert, or_, select, true, update

from cronjobs_adapters.sqlalchemy.rows import from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import user_sessions, users
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import AccountTaken, CronjobsError
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience
from cronjobs_core.domain.users import Role, Session, User, normalise_login


@dataclass(frozen=True, slots=True)
class SqlUsers:
    """Implements `ports.store.Users`."""

    transaction: Transaction

    async def add(self, user: User) -> None:
        await self._require_free(user)
        await self.transaction.write(insert(users), to_row(user), clashes=_clashes())

    async def get(self, user_id: UserId) -> User | None:
        row = await self.transaction.row(select(users).where(users.c.id == user_id), lock=users)
        return None if row is None else from_row(User, row)

    async def by_login(self, login: str) -> User | None:
        wanted = normalise_login(login)
        either = or_(users.c.username == wanted, users.c.email == wanted)
        found = await self.transaction.rows(select(users).where(either), lock=users)
        by_name = sorted(found, key=lambda row: row["username"] != wanted)
        return from_row(User, by_name[0]) if by_name else None

    async def count(self) -> int:
        return await self.transaction.count(users)

    async def update(self, user: User) -> None:
        await self._require_free(user)
        change = update(users).where(users.c.id == user.id).values(to_row(user))
        await self.transaction.write(change, clashes=_clashes())

    async def in_audience(self, audience: Audience) -> list[UserId]:
        concerned = or_(users.c.role == Role.ADMIN, users.c.id.in_(audience.user_ids))
        heard = true() if audience.everyone else concerned
        told = select(users.c.id).where(users.c.is_active, heard).order_by(users.c.id)
        return [row["id"] for row in await self.transaction.rows(told)]

    async def _require_free(self, user: User) -> None:
        """Raise AccountTaken in the promised order, which no database keeps by itself."""
        self.transaction.require_writing()
        same = or_(users.c.username == user.username, users.c.email == user.email)
        others = select(users.c.username).where(same, users.c.id != user.id)
        taken = [row["username"] for row in await self.transaction.rows(others)]
        if taken:
            raise AccountTaken("Username" if user.username in taken else "Email")


def _clashes() -> dict[Column[str], CronjobsError]:
    """What another unit may have taken since `_require_free` looked."""
    return {users.c.username: AccountTaken("Username"), users.c.email: AccountTaken("Email")}


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """Implements `ports.store.Sessions`."""

    transaction: Transaction

    async def add(self, session: Session) -> None:
        await self.transaction.write(insert(user_sessions), to_row(session))

    async def get(self, session_id: SessionId) -> Session | None:
        wanted = select(user_sessions).where(user_sessions.c.id == session_id)
        row = await self.transaction.row(wanted, lock=user_sessions)
        return None if row is None else from_row(Session, row)

    async def update(self, session: Session) -> None:
        change = update(user_sessions).where(user_sessions.c.id == session.id)
        await self.transaction.write(change.values(to_row(session)))
