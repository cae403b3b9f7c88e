"""A job as the native API shows it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from rag.types import Fault
from ui.server.job import Counts, Job, State


class JobShown(BaseModel):
    """A lot of files, and how far it is.

    `done` counts records while they are read, when there is no `total`, then indexed papers.
    """

    id: str
    state: State
    finished: bool
    names: list[str]
    created: datetime
    changed: datetime
    done: int
    total: int | None
    rejected: int
    faults: Annotated[list[Fault], Field(description="The first 200 of what was rejected.")]
    counts: Annotated[Counts | None, Field(description="What became of it, once it is done.")]
    error: Annotated[str, Field(description="Why it is not done, where it never will be.")]

    @classmethod
    def of(cls, job: Job) -> Self:
        known = {one.name: getattr(job, one.name) for one in fields(job) if one.name != "owner"}
        return cls(**known, finished=job.is_finished)


class JobsShown(BaseModel):
    """The last ones first; those that are over are listed for a week."""

    jobs: list[JobShown]
    total: int
    limit: int
    offset: int
