"""The table of the good modules: which modules were blamed, and for what, as JSON and as a page."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from tests.variants.candidates import Candidate
from tests.variants.judge import Verdict


def write_table(folder: Path, candidates: Sequence[Candidate], verdicts: dict[str, Verdict]) -> list[str]:
    """Write ``table.json`` and ``table.md``, and print the count. Returns the names of the blamed candidates."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {name: dataclasses.asdict(verdict) for name, verdict in sorted(verdicts.items())}
    (folder / "table.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    (folder / "table.md").write_text("\n".join(page(candidates, verdicts)) + "\n", encoding="utf-8")
    bad = [name for name, verdict in verdicts.items() if not verdict.good]
    print(f"{len(verdicts) - len(bad)} of {len(verdicts)} conforming modules without blame: {folder}")
    for name in bad:
        print(f"  {name}: {summary(verdicts[name])}")
    return bad


def page(candidates: Sequence[Candidate], verdicts: dict[str, Verdict]) -> list[str]:
    """The lines of ``table.md``."""
    lines = ["# Conforming modules", "", "| module | profile | cases | seconds | blamed |", "|---|---|---|---|---|"]
    for one in candidates:
        profile = Path(one.profile).stem
        if one.not_conforming:
            lines.append(f"| {one.name} | {profile} | | | not conforming: {one.not_conforming} |")
            continue
        verdict = verdicts[one.name]
        said = "nothing" if verdict.good else f"**{summary(verdict)}**"
        lines.append(f"| {one.name} | {profile} | {verdict.cases} | {verdict.seconds:.0f} | {said} |")
    return lines


def summary(verdict: Verdict) -> str:
    """The reasons why a good module was blamed, in one line."""
    parts = [", ".join(verdict.blamed), *sorted(verdict.troubled)]
    parts += [f"{verdict.not_run} cases not run"] if verdict.not_run else []
    return "; ".join(part for part in (*parts, verdict.note) if part)
