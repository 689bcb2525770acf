"""The build hook: compiles the kernel into the source tree and puts it into the wheel, which is one for this platform.

Without a compiler the build asks for the package `ziglang`; where that cannot be had either, the wheel holds only the
sources, the build says so, and the kernel is compiled when it is first used.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNEL = Path("scoredsl", "engine", "kernel")


class KernelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        needed: list[str] = self._compiler().needed_packages() if self.target_name == "wheel" else []
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        compiler = self._compiler()
        library = Path(self.root) / KERNEL / compiler.library_name()
        try:
            compiler.compile_library(library)
        except (compiler.CompileError, OSError) as problem:
            library.unlink(missing_ok=True)
            self.app.display_warning(f"The kernel of the fast engine was not compiled. {problem}")
            self.app.display_warning("It is compiled when it is first used, if there is a C compiler or ziglang then.")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag()}"
        build_data["artifacts"].append(f"/{(KERNEL / library.name).as_posix()}")

    def clean(self, versions: list[str]) -> None:
        (Path(self.root) / KERNEL / self._compiler().library_name()).unlink(missing_ok=True)

    def _compiler(self) -> ModuleType:
        """`compiler.py` of the kernel, by its path: the package is not installed yet."""
        path = Path(self.root) / KERNEL / "compiler.py"
        spec = importlib.util.spec_from_file_location("scoredsl_kernel_compiler", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def platform_tag() -> str:
    """The wheel's tag for this platform."""
    if sys.platform == "darwin":
        from packaging.tags import platform_tags

        return next(iter(platform_tags()))
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
