"""A request for a job, a stored job, and what they are judged against."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cronjobs_core.domain.job_form import Surroundings
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.taxonomy import Directory
from cronjobs_core.testing.builders import a_category, a_job, a_pic_team

Sent = dict[str, Any]

TODAY = date(2026, 1, 15)
YESTERDAY = TODAY - timedelta(days=1)
AROUND = Surroundings(
    name_taken=False,
    categories=Directory(
        [
            a_category(slug="general", name="General"),
            a_category(slug="dr-testing", name="Disaster recovery"),
            a_category(slug="old", name="Old", is_active=False),
        ]
    ),
    teams=Directory(
        [
            a_pic_team(slug="payments", name="Payment people"),
            a_pic_team(slug="gone", name="Gone", is_active=False),
        ]
    ),
    targets=TargetRules(),
    today=TODAY,
)
VALID = {
    "name": "Nightly",
    "cron_expression": "0 9 * * *",
    "end_date": "2026-01-15",
    "pic_team": "payments",
    "target_url": "https://hooks.example.com/run",
}
STORED = a_job(name="Stored", pic_team="payments", category="dr-testing", metadata={"kept": 1})
NAME_TAKEN = replace(AROUND, name_taken=True)
EXPIRED = replace(STORED, end_date=YESTERDAY, is_active=False)
