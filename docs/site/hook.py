"""What the site needs besides the pages of docs/: those of the root, the list of decisions, links to the sources.

A page of the repository links to files of the repository. On the site a link to a page stays a link, and a link to any
other file, which the site does not have, becomes the file's path. A link to a file
that is not there is an error.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "ci/README.md": "ci.md",
}
"""Pages of the repository outside docs/, by their names on the site."""
LINK = re.compile(r"\[((?:[^\]\[]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Every decision is a page of the navigation, in the order of the names."""
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    nav: list[Any] = config.nav or []
    built = next(part["How it is built"] for part in nav if "How it is built" in part)
    built.append({"Decisions": [f"decisions/{name}" for name in names]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages of the root are pages of the site."""
    for path, name in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Links as the site has them. Raises PluginError for one that leads nowhere."""
    name = page.file.src_uri
    source = next((path for path, own in PAGES.items() if own == name), f"docs/{name}")
    return LINK.sub(lambda found: _link(found, PurePosixPath(source), PurePosixPath(name)), markdown)


def _link(found: re.Match[str], source: PurePosixPath, name: PurePosixPath) -> str:
    text, target = found.groups()
    path, sharp, anchor = target.partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return found[0]
    place = (ROOT / source).parent / path
    if not place.exists():
        raise PluginError(f"{source}: the link to {target} leads nowhere")
    inside = place.resolve().relative_to(ROOT).as_posix()
    page = PAGES.get(inside) or (inside.removeprefix("docs/") if inside.startswith("docs/") else "")
    if page and found.string[found.start() - 1 : found.start()] == "!":
        return f"[{text}]({'../' * (len(name.parts) - 1)}{page})"
    if not page or place.is_dir():
        return f"{text} (`{inside}`)" if inside not in text else text
    up = "../" * (len(name.parts) - 1)
    return f"[{text}]({up}{page}{sharp}{anchor})"
