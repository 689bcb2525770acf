"""`scoredsl init`."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

_TARGETS = {
    "gitignore": ".gitignore",
    "ci/scoredsl.yml": ".github/workflows/scoredsl.yml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
}
"""Where a template is written to, where that is not its own name."""


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
def command(folder: str) -> None:
    """Write a starter project: rules, catalogue, sample log, tests, scoredsl.toml, a CI workflow, a pre-commit hook.

    Nothing that is there already is overwritten.

    \b
    Example:
      scoredsl init my-scoring
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise click.UsageError(f"{folder} is a file, not a folder.")
    templates = resources.files("scoredsl.cli") / "templates" / "starter"
    files = dict(_files(templates, ""))
    present = [path for path in files if (target / path).exists()]
    if present:
        raise click.UsageError(
            f"{folder} has {', '.join(present)} already; nothing was written. Choose an empty folder."
        )
    try:
        for path, template in files.items():
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(template.read_bytes())
            click.echo(f"  {place.as_posix()}")
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}.") from None
    change = "" if target.resolve() == Path().resolve() else f"cd {folder}, then "
    click.echo(f"Written. Next: {change}scoredsl check, scoredsl test, scoredsl score.")


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    """(path to write, template) of all templates in a folder."""
    found: list[tuple[str, Traversable]] = []
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = prefix + each.name
        if each.is_dir():
            if each.name != "__pycache__":
                found.extend(_files(each, name + "/"))
        else:
            found.append((_TARGETS.get(name, name), each))
    return found
