"""What Alembic runs: the revisions, on the connection and in the transaction of `migrate`.

Constraints without a name get theirs from the naming convention of the metadata.
"""

from alembic import context

from cronjobs_adapters.sqlalchemy.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
