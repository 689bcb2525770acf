"""What can go wrong between here and a cluster, as sentences for the user."""

from __future__ import annotations

import re

_WORKER = re.compile(r"WorkerError: (.+)")
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z0-9_]+)")
_RAISED = re.compile(r"[A-Za-z_.]+(?:Error|Exception)\b")
_PREFIX = re.compile(r"^(?:Job aborted due to stage failure: .*?most recent failure: .*?\): |\([a-zA-Z.]+\) )")
_DETAIL = 400


class ClusterError(Exception):
    """The cluster cannot do it. Its text is for the user: it says what to do."""


class WorkerError(Exception):
    """A worker cannot do its part, whatever the data. Its text, one line, is for the user."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


def explained(problem: Exception) -> ClusterError:
    """An error of PySpark or of the network as one for the user."""
    text = str(problem)
    said = _WORKER.search(text)
    if said is not None:
        return ClusterError(said[1].strip())
    missing = _NO_MODULE.search(text)
    if missing is not None:
        return ClusterError(
            f"The workers of the cluster have no Python package {missing[1]}. Install scoredsl on every worker, with "
            'the Python that its Spark uses: "pip install scoredsl", in the same version as here.'
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return ClusterError(f"The cluster's Python is another one than yours. {detail(text)}")
    if "UNAVAILABLE" in text or "RETRIES_EXCEEDED" in text:
        return ClusterError(f"The connection to the cluster broke off. {detail(text)}")
    if "worker exited unexpectedly" in text:
        return ClusterError(
            "A Python worker of the cluster was ended, most likely because its machine had no memory left. Give the "
            "workers more, or say a smaller --memory; a log in smaller files needs less as well."
        )
    return ClusterError(f"The cluster gave up: {detail(text)}")


def detail(text: str) -> str:
    """What a long error says: the exception at the end of a traceback of Python, else its first line."""
    lines = [line.strip() for line in text.partition("JVM stacktrace:")[0].splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.match(line)] if "Traceback" in text else []
    told = [line.removeprefix("details = ").strip('"') for line in lines if line.startswith("details = ")]
    chosen = (raised[-1:] or told or lines or ["it does not say why"])[0]
    return _PREFIX.sub("", chosen)[:_DETAIL].rstrip(".") + "."
