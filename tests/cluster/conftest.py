"""A cluster for tests: a Sail server on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scoredsl.engine.cluster.run import Cluster


@pytest.fixture(scope="session")
def sail(sail_address: str) -> Iterator[Cluster]:
    """A cluster on this machine, with little memory for each task."""
    from scoredsl.engine.cluster.connect import spark_session

    with spark_session(sail_address) as session:
        yield Cluster(session, memory=1 << 20, near=True, tasks=2)
