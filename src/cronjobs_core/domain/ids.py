"""Identifiers: 36-character UUID4 texts in our own tables, opaque strings everywhere else."""

from typing import NewType

UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
JobId = NewType("JobId", str)
ExecutionId = NewType("ExecutionId", str)
CategoryId = NewType("CategoryId", str)
PicTeamId = NewType("PicTeamId", str)
NotificationId = NewType("NotificationId", str)
