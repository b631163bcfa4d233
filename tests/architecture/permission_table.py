"""The README's table of permissions, made from the one in the core; run to renew it."""

from architecture.sources import PROJECT
from cronjobs_core.domain.policy import PERMISSIONS
from cronjobs_core.domain.users import Role

README = PROJECT / "README.md"
BEGIN, END = "<!-- permissions -->\n", "<!-- /permissions -->\n"


def permission_table() -> str:
    """Return the table as Markdown: a row for each action, a column for each role."""
    rows = [
        ["Action", *Role],
        ["---"] * (1 + len(Role)),
        *(
            [action.replace("_", " "), *(scopes[role] for role in Role)]
            for action, scopes in PERMISSIONS.items()
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_table(readme: str, table: str) -> str:
    """Return the README with this table between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table}{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(), permission_table()))
