"""`python -m cronjobs_http`: the command line."""

from cronjobs_http.cli import app

app()
