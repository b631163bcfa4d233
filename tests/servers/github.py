"""The one call of GitHub's API that is used, as GitHub answers it."""

import asyncio
import re

from servers.sockets import Received, SocketServer, response

TOKEN = "github-token-of-the-tests"  # noqa: S105 -- opens nothing
DISPATCH = re.compile(r"/repos/([^/]+)/([^/]+)/actions/workflows/([^/]+)/dispatches")


class FakeGitHub(SocketServer):
    """Knows the workflows in `answers`, under `owner/repo/workflow`, with status and body each.

    In place of `{headers}` in a body stands what was sent. A status of 0 means no answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, tuple[int, str]] = {"acme/reports/daily.yml": (204, "")}
        self.tokens = {TOKEN}

    @property
    def dispatches(self) -> list[str]:
        """The workflows that were asked for, in order."""
        matches = (DISPATCH.fullmatch(one.path) for one in self.requests)
        return ["/".join(match.groups()) for match in matches if match is not None]

    async def answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        """Answer as GitHub does: 401 before 404 before anything else."""
        status, body = self._result(request)
        if status == 0:
            await asyncio.sleep(3600)
        writer.write(response(status, body.replace("{headers}", str(request.headers)).encode()))
        return True

    def _result(self, request: Received) -> tuple[int, str]:
        match = DISPATCH.fullmatch(request.path)
        if match is None or request.method != "POST":
            return 404, '{"message":"Not Found"}'
        if request.headers.get("authorization") not in {f"Bearer {one}" for one in self.tokens}:
            return 401, '{"message":"Bad credentials"}'
        return self.answers.get("/".join(match.groups()), (404, '{"message":"Not Found"}'))
