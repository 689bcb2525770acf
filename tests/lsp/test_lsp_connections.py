"""The real server on a port and on a web socket of this machine."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from lsprotocol import types as t
from pygls.lsp.client import LanguageClient

TIMEOUT = 60
TEXT = "on visit add 5\n"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def server(port: int, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "scoredsl", "lsp", request.param, str(port)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate(timeout=TIMEOUT)


async def connected(connect: Callable[[], Awaitable[None]]) -> None:
    """Tries until the server listens."""
    end = time.monotonic() + TIMEOUT
    while True:
        try:
            return await connect()
        except OSError:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)


async def hovered(connect: Callable[[LanguageClient], Callable[[], Awaitable[None]]]) -> str:
    """What a client sees at the rule of a text that it opens."""
    client = LanguageClient("tests", "1")
    client.feature(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: None)
    await connected(connect(client))

    async def ask(method: str, params: Any) -> Any:
        return await asyncio.wait_for(client.protocol.send_request_async(method, params), TIMEOUT)

    found = await ask("initialize", t.InitializeParams(t.ClientCapabilities()))
    assert found.server_info.name == "scoredsl"
    client.protocol.notify("initialized", t.InitializedParams())
    document = t.TextDocumentItem("untitled:one", "score", 1, TEXT)
    client.protocol.notify("textDocument/didOpen", t.DidOpenTextDocumentParams(document))
    place = t.HoverParams(t.TextDocumentIdentifier("untitled:one"), t.Position(0, 14))
    said = (await ask("textDocument/hover", place)).contents.value
    await ask("shutdown", None)
    client.protocol.notify("exit")
    return str(said)


@pytest.mark.parametrize("server", ["--tcp"], indirect=True)
def test_on_a_port(server: subprocess.Popen[bytes], port: int) -> None:
    said = asyncio.run(hovered(lambda client: lambda: client.start_tcp("127.0.0.1", port)))
    assert said.startswith("Adds 5 points for each visit event.")


@pytest.mark.parametrize("server", ["--ws"], indirect=True)
def test_on_a_web_socket(server: subprocess.Popen[bytes], port: int) -> None:
    said = asyncio.run(hovered(lambda client: lambda: client.start_ws("127.0.0.1", port)))
    assert said.startswith("Adds 5 points for each visit event.")
