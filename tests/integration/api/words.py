"""The contract's sentences for what a job lacks (section 4.5)."""

from typing import Final

URL: Final = "target_url must include scheme (http:// or https://)."
URL_OR_GITHUB: Final = (
    f"{URL} For GitHub dispatch, use github_owner/github_repo/github_workflow_name "
    "or provide owner/repo/workflow."
)
UNKNOWN_CATEGORY: Final = (
    "Unknown category. Create it in Settings → Categories first, or choose General."
)
NO_TEAM: Final = "PIC team is required. Create one in Settings → PIC Teams."
UNKNOWN_TEAM: Final = "Unknown PIC team. Create it in Settings → PIC Teams first."
SLEEPING_TEAM: Final = "PIC team is disabled. Enable it in Settings → PIC Teams or choose another."
FIVE_FIELDS: Final = (
    "Cron expression must have exactly 5 fields (minute hour day month day-of-week)."
)
NO_TARGET: Final = (
    'Please provide either "target_url" or GitHub Actions configuration '
    "(github_owner, github_repo, github_workflow_name)"
)
