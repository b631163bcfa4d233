"""The store on SQLAlchemy Core: SQLite through aiosqlite, PostgreSQL through psycopg."""

from cronjobs_adapters.sqlalchemy.engine import make_engine
from cronjobs_adapters.sqlalchemy.migrate import upgrade
from cronjobs_adapters.sqlalchemy.unit_of_work import SqlStore

__all__ = ["SqlStore", "make_engine", "upgrade"]
