"""A look at a database that can change nothing and creates nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine

from cronjobs_adapters.sqlalchemy.dialects import DIALECTS, POSTGRESQL, SQLITE
from cronjobs_adapters.sqlalchemy.engine import address_of
from cronjobs_adapters.sqlalchemy.errors import translated
from cronjobs_adapters.sqlalchemy.sqlite_files import connect_read_only


@contextmanager
def read_only(url: str | URL) -> Iterator[Connection]:
    """A connection that cannot write.

    Raises ValueError as `make_engine` does, and Unavailable where there is no database.
    """
    engine = _engine(url if isinstance(url, URL) else address_of(url))
    try:
        with translated(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(address: URL) -> Engine:
    if DIALECTS[address.get_backend_name()] is not SQLITE:
        return create_engine(
            address, execution_options=dict(POSTGRESQL.reading), poolclass=NullPool
        )
    path = Path(str(address.database))
    return create_engine("sqlite://", creator=lambda: connect_read_only(path), poolclass=NullPool)
