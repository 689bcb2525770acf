"""How many random programs and logs the tests try: HYPOTHESIS_PROFILE=ci (default, the same each time) or long."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("ci", derandomize=True, max_examples=60, deadline=None, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=_SLOW_IS_FINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "ci")


@pytest.fixture(scope="session")
def sail_address() -> Iterator[str]:
    """The address of a Sail server, one for all tests of a process."""
    pytest.importorskip("pysail")
    pytest.importorskip("pyspark")
    from scoredsl.engine.cluster.sail_server import sail_server

    with sail_server(None) as port:
        yield f"sc://127.0.0.1:{port}"
