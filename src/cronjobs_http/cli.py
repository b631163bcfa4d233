"""The command line: cronjobs serve | demo | db | users | openapi."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from cronjobs_adapters.sqlalchemy.migrate import upgrade
from cronjobs_http.app import API, create_app
from cronjobs_http.commands_db import db
from cronjobs_http.console import read_settings, run
from cronjobs_http.container import Container, make_container
from cronjobs_http.demo import run_demo
from cronjobs_http.logs import configure_logs
from cronjobs_http.server import make_server
from cronjobs_http.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
users = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(db, name="db")
app.add_typer(users, name="users")


@app.command()
def serve() -> None:
    """Run the service: API, scheduler and deliveries in one process."""
    settings = read_settings()
    configure_logs("DEBUG" if settings.debug else "INFO")
    application = create_app(make_container(settings))
    make_server(application, settings.host, settings.port, lambda: _welcome(settings)).run()


@app.command()
def demo(
    receiver_port: Annotated[int, typer.Option(help="Port of the local receiver; 0: any.")] = 0,
) -> None:
    """See the main job work: a temporary instance fires a webhook at a local receiver."""
    configure_logs("WARNING")
    sys.exit(asyncio.run(run_demo(receiver_port, typer.echo)))


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document, for those who generate clients from it."""
    document = create_app(make_container(read_settings())).openapi()
    typer.echo(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False))


@users.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Option(prompt=True)],
    email: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Make an admin."""

    async def work(container: Container) -> str:
        await upgrade(container.engine())
        manage = container.services().manage_users
        return (await manage.create_admin(username, email, password)).username

    typer.echo(f"Made the admin {run(work)}.")


def _welcome(settings: Settings) -> None:
    host = "localhost" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    base = f"http://{host}:{settings.port}"
    typer.echo(
        f"{settings.app_name} {settings.app_version} is ready.\n"
        f"  API      {base}{API}  (health: {base}{API}/health)\n"
        f"  Docs     {base}/docs\n"
        f"  Sign in  POST {base}{API}/auth/login with username and password;\n"
        "           make an admin with: cronjobs users create-admin\n"
        f"  Zone     {settings.zone}\n"
        "  Stop     Ctrl+C"
    )
