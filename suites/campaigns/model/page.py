"""The page of the model: the table and the diagrams in ``docs/model.md``, made of the table itself.

``python -m suites.campaigns.model`` writes them between the page's marks, ``--check`` says whether they are fresh.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from suites.campaigns.model.situation import tour, transitions
from suites.campaigns.model.table import EVENTS, SEES, STATES, ModelRow, base_of, rows_in_order
from suites.spec.catalogue import Catalogue, load_catalogue

PAGE = Path(__file__).resolve().parents[3] / "docs" / "model.md"
COMMAND = "python -m suites.campaigns.model"
TITLES = {"single": "The single server", "multi": "The multi-accept server"}


def fresh(text: str) -> str:
    """``text`` of the page with everything between its marks made anew. Raises ValueError where a mark is missing."""
    for name, block in blocks(load_catalogue()).items():
        begin, end = f"<!-- {name}: made by {COMMAND} -->", f"<!-- end of {name} -->"
        if begin not in text or end not in text:
            raise ValueError(f"the page lacks the marks {begin} and {end}")
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n\n{block}\n\n{end}{rest.partition(end)[2]}"
    return text


def blocks(catalogue: Catalogue) -> Mapping[str, str]:
    """What the page's marks enclose, by name."""
    return {
        "numbers": numbers(),
        "states": table(["state", "it means"], ([f"`{name}`", text] for name, text in STATES.items())),
        "diagrams": "\n\n".join(f"### {title}\n\n{diagram(family)}" for family, title in TITLES.items()),
        "sees": table(["seen", "it means"], ([name, text] for name, text in SEES.items())),
        "rows": "\n\n".join(_section(state, catalogue) for state in STATES),
    }


def numbers() -> str:
    """How large the model is, and what walking it takes."""
    rows = list(rows_in_order())
    counted = {family: (len(transitions(family)), sum(map(len, tour(family))), len(tour(family))) for family in TITLES}
    every = sum(count for count, _, _ in counted.values())
    tours = "; ".join(
        f"{name}: {n} transitions, {steps} steps in {parts} cases" for name, (n, steps, parts) in counted.items()
    )
    still_open = sum(row.is_open for row in rows)
    return (
        f"{len(STATES)} states, {len(EVENTS)} events, {len(rows)} rows, {still_open} of them open, {every} transitions "
        f"(a row may lead to several states, by who waits).\nThe tours: {tours}."
    )


def _section(state: str, catalogue: Catalogue) -> str:
    rows = [one for one in rows_in_order() if one.state == state]
    cells = [[row.event, row.sees, _leads_to(row), row.obligation(catalogue), _links(row)] for row in rows]
    return f"#### `{state}`\n\n{table(['event', 'seen', 'leads to', '', 'requirements'], cells)}"


def _leads_to(row: ModelRow) -> str:
    return "as before" if row.leads_to == base_of(row.state) else f"`{row.leads_to}`"


def _links(row: ModelRow) -> str:
    return ", ".join(f"[{one}](coverage.md#{one.lower()})" for one in row.requirements)


def diagram(family: str) -> str:
    """A state diagram in Mermaid: what leads from one state to another; what changes nothing is left to the table.

    The ways to ``open`` are left out too, since there is one from almost everywhere; the table has them.
    """
    lines = [f"    {_name(state)} : {state}" for state in _states_of(family)]
    lines += [f"    [*] --> {_name('fresh')}"]
    lines += [f"    {_name(a)} --> {_name(b)} : {events}" for (a, b), events in _edges(family).items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _states_of(family: str) -> Iterator[str]:
    yield from (state for state in STATES if state == "fresh" or state.startswith(family))


def _edges(family: str) -> Mapping[tuple[str, str], str]:
    within = set(_states_of(family))
    out: dict[tuple[str, str], list[str]] = {}
    for start, event, end in _walkable():
        if start != end and {start, end} <= within:
            out.setdefault((start, end), []).append(event)
    return {edge: _joined(events) for edge, events in out.items()}


def _walkable() -> Iterator[tuple[str, str, str]]:
    found = {one for family in TITLES for one in transitions(family)}
    states, events = list(STATES), list(EVENTS)
    yield from sorted(found, key=lambda one: (states.index(one[0]), states.index(one[2]), events.index(one[1])))


def _joined(events: Sequence[str]) -> str:
    """Events of one arrow, in words that Mermaid takes: no comma ends a label, but a semicolon or a colon would."""
    return " / ".join(events)


def _name(state: str) -> str:
    return state.replace(".", "_").replace("+", "_")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
