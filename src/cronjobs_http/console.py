"""What all commands share: settings, one event loop, and a sentence instead of a traceback."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer

from cronjobs_core.domain.errors import CronjobsError
from cronjobs_http.container import Container, make_container
from cronjobs_http.settings import Settings, SettingsError, load_settings

Result = TypeVar("Result")


def read_settings() -> Settings:
    """The settings; what is wrong with them ends the command with 1."""
    try:
        return load_settings()
    except SettingsError as problem:
        fail(str(problem))


def run(work: Callable[[Container], Awaitable[Result]]) -> Result:
    """Do `work` over the configured adapters; an error of the core ends the command with 1."""
    container = make_container(read_settings())

    async def whole() -> Result:
        try:
            return await work(container)
        finally:
            container.hasher().close()
            await container.engine().dispose()

    try:
        return asyncio.run(whole())
    except CronjobsError as problem:
        fail(str(problem))


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with a sentence."""
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(code)
