"""Addresses of the protocol and paths of files."""

from __future__ import annotations

from pathlib import Path

from pygls import uris


class Places:
    """Paths by address and back. A client gets the address of a document back as it wrote it."""

    def __init__(self) -> None:
        self._uris: dict[str, str] = {}

    def path(self, uri: str) -> str:
        """The path of a file; for what is no file, such as a text that was never saved, the address itself."""
        path = uris.to_fs_path(uri) if uri.startswith("file:") else None
        found = Path(path).as_posix() if path else uri
        self._uris.setdefault(found, uri)
        return found

    def uri(self, path: str) -> str:
        found = self._uris.get(path)
        if found is None:
            found = self._uris[path] = uris.from_fs_path(path) or path
        return found
