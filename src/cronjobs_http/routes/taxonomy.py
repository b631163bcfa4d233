"""Categories and PIC teams (contract 4.12)."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_core.domain.ids import CategoryId, PicTeamId
from cronjobs_core.domain.taxonomy import MAX_NAME
from cronjobs_http.access import Body, MayManageTaxonomy, MayRead, ServicesDep
from cronjobs_http.openapi import documented_body
from cronjobs_http.wire import Instant, WireModel

router = APIRouter(tags=["taxonomy"])


class CategoryOut(WireModel):
    """A category; jobs refer to it by slug."""

    id: str
    slug: str
    name: str
    is_active: bool
    created_at: Instant
    updated_at: Instant


class PicTeamOut(CategoryOut):
    """A PIC team; jobs refer to it by slug."""

    slack_handle: str | None


class Categories(WireModel):
    """The categories, by name."""

    categories: list[CategoryOut]


class PicTeams(WireModel):
    """The PIC teams, by name."""

    pic_teams: list[PicTeamOut]


class CategoryCreated(WireModel):
    """A category was made."""

    message: str = "Category created"
    category: CategoryOut


class PicTeamCreated(WireModel):
    """A PIC team was made."""

    message: str = "PIC team created"
    pic_team: PicTeamOut


class CategoryUpdated(WireModel):
    """A category after a change, and how many jobs followed it to a new slug."""

    message: str = "Category updated"
    category: CategoryOut
    jobs_updated: int


class PicTeamUpdated(WireModel):
    """A PIC team after a change, and how many jobs followed it to a new slug."""

    message: str = "PIC team updated"
    pic_team: PicTeamOut
    jobs_updated: int


class CategoryDisabled(WireModel):
    """A category was switched off."""

    message: str = "Category disabled"
    category: CategoryOut


class PicTeamDisabled(WireModel):
    """A PIC team was switched off."""

    message: str = "PIC team disabled"
    pic_team: PicTeamOut


class CategoryPatch(BaseModel):
    """What to change; the slug follows the name."""

    name: str | None = Field(None, min_length=1, max_length=MAX_NAME)
    is_active: bool | None = None


class PicTeamPatch(CategoryPatch):
    """What to change; the slug follows the name."""

    slack_handle: str | None = Field(None, min_length=1, max_length=MAX_NAME)


class CategoryIn(BaseModel):
    """A new category; the slug is made of the name where none is given."""

    name: str = Field(min_length=1, max_length=MAX_NAME)
    slug: str | None = None


class PicTeamIn(CategoryIn):
    """A new PIC team."""

    slack_handle: str = Field(min_length=1, max_length=MAX_NAME)


@router.get("/job-categories")
async def list_categories(
    actor: MayRead, core: ServicesDep, include_inactive: bool = False
) -> Categories:
    """List the categories; admins may ask for the inactive ones too."""
    found = await core.manage_taxonomy.categories(actor, include_inactive=include_inactive)
    return Categories(categories=[CategoryOut.model_validate(one) for one in found])


@router.post("/job-categories", status_code=201, openapi_extra=documented_body(CategoryIn))
async def create_category(
    actor: MayManageTaxonomy, body: Body, core: ServicesDep
) -> CategoryCreated:
    """Add a category."""
    category = await core.manage_taxonomy.create_category(actor, body)
    return CategoryCreated(category=CategoryOut.model_validate(category))


@router.put("/job-categories/{category_id}", openapi_extra=documented_body(CategoryPatch))
async def update_category(
    category_id: str, actor: MayManageTaxonomy, body: Body, core: ServicesDep
) -> CategoryUpdated:
    """Rename or switch a category; its jobs follow it."""
    category, moved = await core.manage_taxonomy.change_category(
        actor, CategoryId(category_id), body
    )
    return CategoryUpdated(category=CategoryOut.model_validate(category), jobs_updated=moved)


@router.delete("/job-categories/{category_id}")
async def disable_category(
    category_id: str, actor: MayManageTaxonomy, core: ServicesDep
) -> CategoryDisabled:
    """Switch a category off; jobs keep referring to it."""
    category = await core.manage_taxonomy.disable_category(actor, CategoryId(category_id))
    return CategoryDisabled(category=CategoryOut.model_validate(category))


@router.get("/pic-teams")
async def list_pic_teams(
    actor: MayRead, core: ServicesDep, include_inactive: bool = False
) -> PicTeams:
    """List the PIC teams; admins may ask for the inactive ones too."""
    found = await core.manage_taxonomy.pic_teams(actor, include_inactive=include_inactive)
    return PicTeams(pic_teams=[PicTeamOut.model_validate(one) for one in found])


@router.post("/pic-teams", status_code=201, openapi_extra=documented_body(PicTeamIn))
async def create_pic_team(
    actor: MayManageTaxonomy, body: Body, core: ServicesDep
) -> PicTeamCreated:
    """Add a PIC team."""
    team = await core.manage_taxonomy.create_pic_team(actor, body)
    return PicTeamCreated(pic_team=PicTeamOut.model_validate(team))


@router.put("/pic-teams/{team_id}", openapi_extra=documented_body(PicTeamPatch))
async def update_pic_team(
    team_id: str, actor: MayManageTaxonomy, body: Body, core: ServicesDep
) -> PicTeamUpdated:
    """Rename or switch a PIC team, or change its Slack handle; its jobs follow it."""
    team, moved = await core.manage_taxonomy.change_pic_team(actor, PicTeamId(team_id), body)
    return PicTeamUpdated(pic_team=PicTeamOut.model_validate(team), jobs_updated=moved)


@router.delete("/pic-teams/{team_id}")
async def disable_pic_team(
    team_id: str, actor: MayManageTaxonomy, core: ServicesDep
) -> PicTeamDisabled:
    """Switch a PIC team off; jobs keep referring to it."""
    team = await core.manage_taxonomy.disable_pic_team(actor, PicTeamId(team_id))
    return PicTeamDisabled(pic_team=PicTeamOut.model_validate(team))
