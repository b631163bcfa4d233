"""The table of adapters: each line of it can be built."""

from pathlib import Path

from dependency_injector import providers

from api import settings_for
from cronjobs_http.container import Container, make_container


async def test_every_provider_builds(tmp_path: Path) -> None:
    """No line names an argument that its adapter does not take, and building opens nothing."""
    container = make_container(settings_for(tmp_path))
    assert container.providers.keys() == Container.providers.keys()
    for name, provider in container.providers.items():
        assert provider() is not None, name
        if isinstance(provider, providers.Singleton):
            assert provider() is provider(), name
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 -- nobody waits meanwhile
    await container.deliverer().aclose()
    await container.engine().dispose()
    container.hasher().close()
