"""What rests on what: the same thing asked of another use of the module, or of all of it at once.

Where the second is broken, a failure of the first says nothing new: the failure is shown under the
second. ``{first: (second, ...)}``. A requirement that says more than another (the rest of a
packet, not only its bytes) does not rest on it.
"""

_OF_EACH_USE = {
    "{use}-READ": ("DA-READ",),
    "{use}-SEND": ("DA-SEND", "DA-SEND-COUNT"),
    "{use}-NO-STALE-BYTES": ("DA-READ-EMPTY",),
    "{use}-READ-EMPTY": ("DA-READ-EMPTY",),
}
_USES = ("MA", "SS", "CL", "UD")

RESTS_ON: dict[str, tuple[str, ...]] = {
    **{
        first.format(use=use): seconds
        for first, seconds in _OF_EACH_USE.items()
        for use in _USES
        if (use, first) not in (("MA", "{use}-READ-EMPTY"), ("UD", "{use}-NO-STALE-BYTES"))
    },
    **dict.fromkeys(("FR-EMPTY-OK", "FR-PAYLOAD", "FR-BARE-CR", "DA-SEND-FRAME"), ("FR-PROMPT",)),
    "FR-ERROR": ("FR-PROMPT", "FR-UNKNOWN"),
    "DA-BULK": ("DA-READ", "DA-READ-REST", "DA-SEND"),
    "DA-SEND-COUNT": ("DA-SEND",),
    "SS-NO-STALE-BYTES": ("MA-NO-STALE-BYTES", "DA-READ-EMPTY"),
    "MA-OWN-BYTES": ("DA-READ-EMPTY",),
    "SK-APART": ("DA-READ-EMPTY", "SE-P0-SHOW"),
    "SK-LOST": ("SK-APART",),
    "KA-STAYS": ("DA-READ-EMPTY",),
    "SS-OK-FIRST": ("MA-OK-FIRST",),
    "SS-LISTENS": ("MA-LISTENS",),
    "SS-NOTICE": ("MA-NOTICE",),
    "SS-STOP": ("MA-STOP",),
    "MA-QUEUE": ("MA-ONE-AT-A-TIME",),
    "MA-QUEUED-LEAVES": ("MA-ORDER", "MA-QUEUE"),
    "MA-EARLY-BYTES": ("MA-QUEUE",),
    "MA-LOST-S3": ("MA-LOST-R0",),
    "SS-LOST-R0": ("MA-LOST-R0",),
    "CL-LOST-R0": ("MA-LOST-R0",),
    "SS-LOST-S3": ("MA-LOST-S3", "SS-LOST-R0"),
    "CL-LOST-S3": ("MA-LOST-S3", "CL-LOST-R0"),
    "KA-LOST-R0": ("MA-LOST-R0", "KA-STARTS"),
    "KA-LOST-S3": ("MA-LOST-S3", "KA-LOST-R0"),
    "KA-PER-SOCKET": ("KA-STARTS",),
    **dict.fromkeys(("KA-CLIENT", "KA-SINGLE"), ("KA-STARTS",)),
    "UD-CLIENT-READ": ("UD-READ",),
    "UD-OVER-R1": ("UD-READ", "DA-READ-R1"),
    "SS-READ": ("DA-READ", "MA-EARLY-BYTES"),
    "SE-DEFAULTS": ("SS-STATUS-STOPPED",),
    "CL-BEFORE-LOSS": ("DA-BEFORE-LOSS",),
    "SS-BEFORE-LOSS": ("DA-BEFORE-LOSS",),
    "DA-BEFORE-LOSS": ("DA-READ", "DA-READ-REST"),
    "CL-READ-REST": ("DA-READ-REST", "DA-READ-R1"),
    "SK-KEPT": ("SE-P0-SHOW", "DA-READ-REST"),
    "MA-RESTART": ("MA-STOP", "MA-STOP-PORT"),
    "SS-RESTART": ("SS-STOP", "SS-STOP-PORT", "MA-RESTART"),
    "SS-STOP-PORT": ("MA-STOP-PORT",),
    "SS-STOP-CLIENT": ("MA-STOP-CLIENT",),
    "SS-SENT-ARRIVES": ("MA-SENT-ARRIVES",),
    "CL-SENT-ARRIVES": ("MA-SENT-ARRIVES", "CL-STOP"),
    "MA-SENT-ARRIVES": ("DA-SEND",),
    "CL-AGAIN": ("CL-STOP",),
    "CL-SOCKETS": ("CL-CONNECT", "SE-P0-SHOW"),
    "CL-AFTER-FAILED": ("CL-CONNECT",),
    "CL-UNREACHABLE": ("CL-REFUSED",),
    "UD-CLIENT": ("CL-STOP", "CL-CONNECT"),
    "UD-CLIENT-AGAIN": ("UD-CLIENT",),
    "UD-RESTART": ("UD-STOP",),
    **dict.fromkeys(
        (
            "SE-PER-SOCKET",
            "SK-SELECT",
            "SK-TOGETHER",
            "SK-SERVERS",
            "SK-STOP",
            "SK-NEXT",
            "SK-NOTICE",
            "SK-REUSE",
            "MA-SOCKETS",
            "SS-SOCKETS",
            "UD-SOCKETS",
            "UD-APART",
        ),
        ("SE-P0-SHOW",),
    ),
    "SE-P0-SHOW": ("SE-P0",),
    "MA-TRANSCRIPT": (
        "MA-OK-FIRST",
        "MA-SETUP",
        "MA-NEXT",
        "MA-NOTICE",
        "MA-STOP",
        "FR-EMPTY-OK",
        "FR-PAYLOAD",
        "FR-PROMPT",
    ),
    **{f"SS-{one}": (f"MA-{one}",) for one in ("NOTICE-ONCE", "ONE-AT-A-TIME", "FIRST-STAYS", "STAYS", "NOT-BEFORE")},
    "MA-NEXT-UNREAD": ("MA-NEXT-CLOSES", "MA-NEXT-ACCEPTS"),
    "MA-MANY": ("MA-NEXT-ACCEPTS", "MA-QUEUE"),
    "KA-NEXT": ("MA-NEXT-AFTER-LEFT",),
    "CL-AFTER-LOSS": ("CL-AGAIN",),
    **dict.fromkeys(("DA-LOST-S0", "DA-LOST-PAYLOAD"), ("MA-LOST-S3",)),
    **{f"{use}-SEND": ("DA-S0", "DA-SEND", "DA-SEND-COUNT") for use in ("SS", "CL", "UD")},
    "DA-S0": ("DA-SEND", "DA-SEND-COUNT"),
    "DA-S0-SHORT": ("DA-S0",),
    "DA-SEND-ZEROS": ("DA-SEND", "DA-SEND-COUNT"),
    "DA-SEND-RANGE": ("DA-SEND",),
    **dict.fromkeys(("FR-ERROR-MT0", "FR-ERROR-MT1", "FR-ERROR-USAGE"), ("FR-ERROR",)),
    "DA-READ-EMPTY": ("FR-EMPTY-OK",),
    "FR-PAYLOAD": ("FR-EMPTY-OK", "FR-PROMPT"),
    "CL-SURVIVES": ("SE-SURVIVES",),
    **dict.fromkeys(("SY-RESET-SETTINGS", "SY-DEFAULTS"), ("SE-DEFAULTS",)),
    **dict.fromkeys(("SY-RESET-SERVER", "SY-RESET-MODE"), ("SY-RESET",)),
    "SY-RESET-CLIENT": ("SY-RESET", "SY-RESET-SELECTED"),
    "SY-RESET-SELECTED": ("SY-RESET",),
    "SY-MS-SUPPRESS": ("SY-MS",),
    "SY-MR-ONE": ("SY-MR",),
    **dict.fromkeys(("NW-JOIN-ADDRESS", "AD-STATIC", "AD-CLEARED"), ("NW-SHOW-ADDRESS",)),
    "AD-STATIC-JOIN": ("NW-JOIN", "AD-STATIC", "NW-SHOW-ADDRESS"),
    "AD-DHCP": ("NW-JOIN", "NW-SHOW-ADDRESS"),
    "NW-AGAIN": ("NW-JOIN", "NW-CD"),
    "NW-JOIN-FAILED-NAME": ("NW-JOIN-FAILS",),
    "NW-CS": ("NW-CD",),
    "SC-UNJOINED": ("NW-CD", "SC-FINDS"),
    "SC-FINDS": ("SC-LINE",),
    **dict.fromkeys(("SC-NUMBERS", "SC-FILTER"), ("SC-LINE", "SC-FINDS")),
    "PI-PING": ("PI-TARGET",),
    "ID-STATUS-MAC": ("SY-MAC",),
    **dict.fromkeys(("NA-NAME", "NA-KEPT"), ("NA-ADDRESS",)),
    "NA-CONNECT": ("NA-KEPT", "NA-ADDRESS"),
    **dict.fromkeys(("AP-STOP", "AP-LEASED", "AP-STATIONS"), ("AP-START",)),
    "AP-SHOWN": ("AP-START", "AP-NAME", "AP-SECURITY", "AP-CHANNEL"),
    "AP-QUIET": ("AP-START", "AP-LEASED"),
    "TL-CONNECT": ("CL-CONNECT", "CL-AFTER-FAILED", "DA-READ", "DA-SEND"),  # a handshake is bytes in both directions
    "TL-DATA": ("TL-CONNECT", "DA-READ", "DA-SEND"),
    "TL-STOP": ("TL-CONNECT", "CL-STOP"),
    "TL-NO-VERIFY": ("TL-CONNECT",),
    "TL-REQUIRED": ("TL-CONNECT", "TL-PROGRAM"),
}

SET_BY: dict[str, tuple[str, ...]] = {
    "MA-QUEUE": ("SE-P8", "SE-SHOWN-P", "SE-SURVIVES"),
    "MA-LISTENS": ("SE-P2", "SE-SHOWN-P"),
    **dict.fromkeys(("MA-RESTART", "SS-RESTART"), ("SE-P2", "SE-SHOWN-P", "SE-SURVIVES")),
    "CL-CONNECT": ("SE-P3", "SE-P4", "SE-SHOWN-P"),
    "UD-CLIENT": ("SE-P1", "SE-P3", "SE-P4", "SE-SHOWN-P"),
    "UD-SERVER": ("SE-P1", "SE-P2", "SE-SHOWN-P"),
    **{f"KA-{one}": ("SE-PK", "SE-SHOWN-P", "SE-SURVIVES") for one in ("STARTS", "IDLE", "LOST-R0")},
    **{f"DA-{one}": ("SE-R1", "SE-SHOWN-R") for one in ("READ-R1", "READ-REST")},
    **{f"DA-{one}": ("SE-R2", "SE-SHOWN-R") for one in ("READ-WAITS", "READ-TIMEOUT")},
    **{f"DA-{one}": ("SE-S1", "SE-S2", "SE-SHOWN-S") for one in ("S0", "S0-SHORT")},
}
"""By which setting a thing is governed: a few failures of it follow from a setting that mostly fails."""

SHOWN_IN: dict[str, tuple[str, ...]] = {
    **{f"AP-{one}": ("AP-QUERY",) for one in ("NAME", "SECURITY", "KEY", "CHANNEL", "LEASE", "ADDRESS", "SHOWN")},
    **{f"AD-{one}": ("NW-SHOW",) for one in ("VERSION", "STATIC", "DNS", "RETRIES", "AUTO", "WEP", "COUNTRY")},
    **{f"NW-{one}": ("NW-SHOW",) for one in ("SHOW-SETTINGS", "SHOW-ADDRESS", "JOIN-ADDRESS")},
    **{f"PI-{one}": ("PI-QUERY",) for one in ("TARGET", "REPEATS", "DELAY")},
    **{f"SC-{one}": ("SC-QUERY",) for one in ("REPEATS", "DELAY")},
    **{f"ID-{one}": ("ID-STATUS",) for one in ("STATUS-MAC", "PIN")},
    "ID-NAME": ("SY-IDENTITY", "ID-STATUS"),
    "TL-PROGRAM": ("TL-SETS",),
    **{f"SE-{one}": ("SE-P-FIELDS", "SE-P-ORDER") for one in ("SHOWN-P", "PER-SOCKET")},
    **dict.fromkeys(("SS-STATUS", "SS-STATUS-STOPPED", "UD-STATUS", "NA-KEPT"), ("SE-P-FIELDS", "SE-P-ORDER")),
    "SE-SURVIVES": ("SE-SHOWN-P", "SE-SHOWN-R", "SE-SHOWN-S"),
}
"""In which answer a value is shown. Where the same difference shows under both, it is one of the answer's form.

Other than in RESTS_ON the two may be broken apart: a field may be missing, and a value in another one wrong.
"""


def bases_of(requirement: str) -> list[str]:
    """All on which ``requirement`` rests, the nearest first."""
    found: list[str] = []
    left = list(RESTS_ON.get(requirement, ()))
    while left:
        one = left.pop(0)
        if one not in found:
            found.append(one)
            left += RESTS_ON.get(one, ())
    return found
