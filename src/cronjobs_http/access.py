"""Who is calling, and what routes need of the container."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from cronjobs_core.assemble import Services
from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.policy import Action, authorise
from cronjobs_core.domain.users import Actor
from cronjobs_core.ports.store import Store
from cronjobs_http.settings import Settings
from cronjobs_http.wire import JsonBody, json_object

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v2/auth/login/form", auto_error=False)
BearerToken = Annotated[str | None, Depends(_bearer)]


async def services(request: Request) -> Services:
    """The use cases of this application."""
    found: Services = request.app.state.services
    return found


async def settings(request: Request) -> Settings:
    """The settings of this application."""
    found: Settings = request.app.state.settings
    return found


async def store(request: Request) -> Store:
    """The store of this application."""
    found: Store = request.app.state.store
    return found


ServicesDep = Annotated[Services, Depends(services)]
SettingsDep = Annotated[Settings, Depends(settings)]
StoreDep = Annotated[Store, Depends(store)]


async def current_actor(token: BearerToken, core: ServicesDep) -> Actor:
    """The user of the access token in `Authorization`; raises Unauthenticated (E-AUTH)."""
    if not token:
        raise Unauthenticated("Not authenticated")
    return await core.sign_in.identify(token)


CurrentActor = Annotated[Actor, Depends(current_actor)]


class Permitted:
    """A dependency that names a route's action and gives the actor, if their role may do it."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, actor: CurrentActor) -> Actor:
        """The actor; raises RoleRequired (E-ROLE)."""
        authorise(actor, self.action)
        return actor


MayRead = Annotated[Actor, Depends(Permitted(Action.READ))]
MayUseOwnSession = Annotated[Actor, Depends(Permitted(Action.OWN_SESSION))]
MayRegisterUsers = Annotated[Actor, Depends(Permitted(Action.REGISTER_USER))]
MayCreateJobs = Annotated[Actor, Depends(Permitted(Action.CREATE_JOB))]
MayUpdateJobs = Annotated[Actor, Depends(Permitted(Action.UPDATE_JOB))]
MayDeleteJobs = Annotated[Actor, Depends(Permitted(Action.DELETE_JOB))]
MayExecuteJobs = Annotated[Actor, Depends(Permitted(Action.EXECUTE_JOB))]
MayManageTaxonomy = Annotated[Actor, Depends(Permitted(Action.MANAGE_TAXONOMY))]
MayImportJobs = Annotated[Actor, Depends(Permitted(Action.IMPORT_JOBS))]
MayTryTargets = Annotated[Actor, Depends(Permitted(Action.TRY_TARGET))]
MayListUsers = Annotated[Actor, Depends(Permitted(Action.LIST_USERS))]
MayReadUsers = Annotated[Actor, Depends(Permitted(Action.READ_USER))]
MayUpdateUsers = Annotated[Actor, Depends(Permitted(Action.UPDATE_USER))]
MayDeleteUsers = Annotated[Actor, Depends(Permitted(Action.DELETE_USER))]
MayReadPreferences = Annotated[Actor, Depends(Permitted(Action.READ_PREFERENCES))]
MayUpdatePreferences = Annotated[Actor, Depends(Permitted(Action.UPDATE_PREFERENCES))]
MayUseOwnNotifications = Annotated[Actor, Depends(Permitted(Action.OWN_NOTIFICATIONS))]
MayManageSlack = Annotated[Actor, Depends(Permitted(Action.MANAGE_SLACK))]
MayManageScheduler = Annotated[Actor, Depends(Permitted(Action.MANAGE_SCHEDULER))]
Body = Annotated[dict[str, Any], Depends(json_object)]
"""A JSON object, read after the route's permission was checked."""


async def json_body(request: Request) -> JsonBody:
    """The body of a route that looks at the thing before it looks at the body."""
    return JsonBody(request)


JsonBodyDep = Annotated[JsonBody, Depends(json_body)]
