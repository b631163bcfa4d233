"""What paths name: how to make each, for the user to whom it belongs."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from api import Api, Person
from cronjobs_core.domain.ids import JobId, UserId
from cronjobs_core.testing.builders import a_category, a_notification, a_pic_team, an_execution

Made = Mapping[str, str]
"""The ids made so far, by placeholder."""
Maker = Callable[[Api, Person, Made], Awaitable[str]]

UNREACHABLE: Final = "http://127.0.0.1:1/"
"""Where nobody listens: a run by hand fails at once, and is recorded."""
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


async def _job(api: Api, owner: Person, made: Made) -> str:
    del api, made
    return str((await owner.create_job(name="Theirs", target_url=UNREACHABLE))["id"])


async def _execution(api: Api, owner: Person, made: Made) -> str:
    job_id = made.get("job_id") or await _job(api, owner, made)
    execution = an_execution(job_id=JobId(job_id))
    async with api.container.store().writing() as uow:
        await uow.executions.claim([execution])
        await uow.commit()
    return execution.id


async def _category(api: Api, owner: Person, made: Made) -> str:
    del owner, made
    category = a_category()
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_category(category)
        await uow.commit()
    return category.id


async def _team(api: Api, owner: Person, made: Made) -> str:
    del owner, made
    team = a_pic_team()
    async with api.container.store().writing() as uow:
        await uow.taxonomy.add_pic_team(team)
        await uow.commit()
    return team.id


async def _user(api: Api, owner: Person, made: Made) -> str:
    del api, made
    return owner.id


async def _notification(api: Api, owner: Person, made: Made) -> str:
    del made
    notification = a_notification(user_id=UserId(owner.id))
    async with api.container.store().writing() as uow:
        await uow.notifications.add([notification])
        await uow.commit()
    return notification.id


MAKERS: Final[Mapping[str, Maker]] = {
    "job_id": _job,
    "execution_id": _execution,
    "category_id": _category,
    "team_id": _team,
    "user_id": _user,
    "notification_id": _notification,
}


async def path_with_things(api: Api, owner: Person, path: str) -> str:
    """Return the path with the ids of things made for it in place of its placeholders."""
    made: dict[str, str] = {}
    for name in _PLACEHOLDER.findall(path):
        made[name] = await MAKERS[name](api, owner, made)
    return path.format(**made)


def path_to_nothing(path: str) -> str:
    """Return the path with the id of nothing in place of its placeholders; "" without any."""
    return _PLACEHOLDER.sub("does-not-exist", path) if _PLACEHOLDER.search(path) else ""
