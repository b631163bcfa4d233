"""Categories and PIC teams (contract 4.12)."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cronjobs_http.access import Body, MayManageTaxonomy, MayRead, ServicesDep
from cronjobs_http.wire import Instant, WireModel, documented_body

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


class CategoryIn(BaseModel):
    """A new category; the slug is made of the name where none is given."""

    name: str = Field(examples=["Smoke tests"])
    slug: str | None = None


class PicTeamIn(CategoryIn):
    """A new PIC team."""

    name: str = Field(examples=["Payments"])
    slack_handle: str = Field(examples=["@payments"])


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
