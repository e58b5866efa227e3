"""What tells one firmware from another: identity, ranges, and the forms of its answers.

The defaults are those of the vendor's page (profile `web`). A profile file is TOML with the three tables of
`Profile`; a key that it leaves out keeps the default. Values come from section and source as noted in the files
themselves; what no source gives is an assumption there.
"""

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent.parent / "profiles"


class ProfileError(Exception):
    """A profile cannot be used: the text names the file, the key and what is expected there."""


@dataclass(frozen=True)
class Identity:
    """The fields of `I?`."""

    product: str = "ISM43362-M3G-L44-UART"
    firmware: str = "C6.2.1.7"
    api: str = "v006.002.001.0002"
    stack: str = "v2.0.3"
    rtos: str = "v9.0.0"
    cpu_clock: int = 120000000
    name: str = "Inventek eS-WiFi"


@dataclass(frozen=True)
class Limits:
    """Ranges and defaults that differ between firmware versions."""

    sockets: int = 4
    protocol_max: int = 3
    backlog_min: int = 0
    backlog_max: int = 6
    backlog_default: int = 1
    suppression_max: int = 1
    short_errors: int = 0
    multi_accept: bool = True
    accept_loop: bool = True
    keep_alive: bool = True
    read_min: int = 1
    status_fields: int = 12
    ssid_max: int = 32


@dataclass(frozen=True)
class Forms:
    """How answers and notices are put, where the documents leave a choice."""

    ellipsis: str = " …"
    crlf_before_ok: bool = False
    crlf_before_empty_ok: bool = False
    crlf_behind_datagram: bool = False
    crlf_before_error: bool = False
    read_lost_error: bool = True
    send_lost_error: bool = False
    no_client_minus_one: bool = True
    half_close: bool = False
    killed_single: bool = False
    killed_stopped: bool = False
    waiting_single: bool = False
    next_prompt: bool = False
    join_lines: int = 1
    join_ms: int = 0
    joined_refused: bool = False
    key_shown: bool = False
    rate_silent: bool = False
    ap_started: str = "lines"
    ap_idle_refused: bool = False
    ap_joined_line: bool = False
    match_error: bool = False
    tls_name_checked: bool = False
    tls_optional_goes_on: bool = False
    scan_ms: int = 0
    scan_in_brackets: bool = False
    scan_repeats_list: bool = False
    hidden_left_out: bool = False
    ping_timeout_ms: int = 1000
    ping_counts_repeats: bool = False
    uart_words: bool = False
    new_address: bool = False
    boot_ms: int = 100
    echo: bool = False
    human_text: str = "CMD mode"
    banner: str = ""
    notice_prompt: bool = True
    notice_local_port: bool = False
    notice_glued: bool = False
    notice_merged: bool = False
    notice_at_once: bool = False
    notice_ms: int = 5
    think_ms: int = 0
    dribble_us: int = 0
    dribble_size: int = 1
    short_reads: bool = False
    read_mode_delimited: bool = False
    datagram_client_on_server: bool = False
    datagram_notice: bool = False


@dataclass(frozen=True)
class Profile:
    """One firmware: its name and the three tables."""

    name: str = "web"
    identity: Identity = field(default_factory=Identity)
    limits: Limits = field(default_factory=Limits)
    forms: Forms = field(default_factory=Forms)


def shipped() -> list[str]:
    """The names that `load` knows."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load(name: str) -> Profile:
    """The profile of that name, or of that file when it ends in .toml. Raises ProfileError."""
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProfileError(f"no profile {name}: give a .toml file or one of {', '.join(shipped())}") from None
    except (OSError, ValueError) as error:
        raise ProfileError(f"{path}: {error}; expected a TOML file") from None
    _refuse_unknown(path, tables, {"identity", "limits", "forms"}, "")
    return Profile(
        name=path.stem,
        identity=Identity(**_table(path, tables, "identity", Identity())),
        limits=Limits(**_table(path, tables, "limits", Limits())),
        forms=Forms(**_table(path, tables, "forms", Forms())),
    )


def _table(path: Path, tables: dict[str, Any], name: str, default: Any) -> dict[str, Any]:
    """One table of the file, each value checked for the type of its default."""
    values = tables.get(name, {})
    if not isinstance(values, dict):
        raise ProfileError(f"{path}: {name} must be a table, [{name}]")
    known = {entry.name for entry in dataclasses.fields(default)}
    _refuse_unknown(path, values, known, f"{name}.")
    for key, value in values.items():
        kind = type(getattr(default, key))
        if type(value) is not kind:
            raise ProfileError(f"{path}: {name}.{key} must be of type {kind.__name__}, not {value!r}")
    return values


def _refuse_unknown(path: Path, table: dict[str, Any], known: set[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise ProfileError(f"{path}: {prefix}{key} is unknown; expected one of {', '.join(sorted(known))}")
