"""Tells how a walk went wrong: for people in the failure's message, for the module in a replay file."""

from collections.abc import Sequence
from pathlib import Path

from fixtures.drivers.line.secrets import Secrets
from fixtures.drivers.replay.file import Step, write_replay
from fixtures.errors import ModuleFault


def explain(
    fault: ModuleFault, story: Sequence[str], steps: Sequence[Step], path: Path, title: str, secrets: Secrets
) -> None:
    """Add to ``fault`` the steps that led to it and the file that takes them again, which is written here."""
    header = {"title": title, "requirement": fault.requirement or "", "message": str(fault), "walk": list(story)}
    write_replay(path, steps, header, secrets)
    shown = since_fresh_start(story)
    lines = [f"  {number}. {one}" for number, one in enumerate(shown, 1)]
    fault.args = (
        "\n".join([str(fault), "the steps (state: event); the last went wrong:", *lines, f"replay:   {path}"]),
    )


def since_fresh_start(story: Sequence[str]) -> Sequence[str]:
    """The steps since a server was last started where none had been."""
    begins = [place for place, one in enumerate(story) if one.startswith("fresh: P5=1")]
    return story[begins[-1] if begins else 0 :]
