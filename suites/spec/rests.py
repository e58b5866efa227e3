"""What rests on what: the same thing asked of another use of the module, or of all of it at once.

Where the second is broken, a failure of the first is no news: it is told under the second. ``{first: (second, ...)}``.
A requirement that says more than another (the rest of a packet, not only its bytes) does not rest on it.
"""

_OF_EACH_USE = {
    "{use}-READ": ("DA-READ",),
    "{use}-SEND": ("DA-SEND",),
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
    **dict.fromkeys(("FR-EMPTY-OK", "FR-PAYLOAD", "FR-ERROR", "FR-BARE-CR", "DA-SEND-FRAME"), ("FR-PROMPT",)),
    "DA-BULK": ("DA-READ", "DA-SEND"),
    "DA-SEND-COUNT": ("DA-SEND",),
    "MA-OWN-BYTES": ("DA-READ-EMPTY",),
    "SK-APART": ("DA-READ-EMPTY", "SE-P0-SHOW"),
    "SK-LOST": ("DA-READ-EMPTY", "SE-P0-SHOW"),
    "KA-STAYS": ("DA-READ-EMPTY",),
    "SS-OK-FIRST": ("MA-OK-FIRST",),
    "SS-LISTENS": ("MA-LISTENS",),
    "SS-NOTICE": ("MA-NOTICE",),
    "SS-STOP": ("MA-STOP",),
    "MA-LOST-S3": ("MA-LOST-R0",),
    "SS-LOST-R0": ("MA-LOST-R0",),
    "CL-LOST-R0": ("MA-LOST-R0",),
    "SS-LOST-S3": ("MA-LOST-S3", "SS-LOST-R0"),
    "CL-LOST-S3": ("MA-LOST-S3", "CL-LOST-R0"),
    "KA-LOST-R0": ("MA-LOST-R0", "KA-STARTS"),
    "KA-LOST-S3": ("MA-LOST-S3", "KA-LOST-R0"),
    "KA-PER-SOCKET": ("KA-STARTS",),
    "KA-CLIENT": ("KA-STARTS",),
    "UD-CLIENT-READ": ("UD-READ",),
    "UD-OVER-R1": ("UD-READ",),
    "CL-BEFORE-LOSS": ("DA-BEFORE-LOSS",),
    "SS-BEFORE-LOSS": ("DA-BEFORE-LOSS",),
    "DA-BEFORE-LOSS": ("DA-READ",),
    "CL-READ-REST": ("DA-READ-REST",),
    "MA-RESTART": ("MA-STOP",),
    "SS-RESTART": ("SS-STOP", "MA-RESTART"),
    "SS-STOP-PORT": ("MA-STOP-PORT",),
    "SS-STOP-CLIENT": ("MA-STOP-CLIENT",),
    "SS-SENT-ARRIVES": ("MA-SENT-ARRIVES",),
    "CL-SENT-ARRIVES": ("MA-SENT-ARRIVES", "CL-STOP"),
    "MA-SENT-ARRIVES": ("DA-SEND",),
    "CL-AGAIN": ("CL-STOP",),
    "UD-CLIENT": ("CL-STOP", "CL-CONNECT"),
    "UD-CLIENT-AGAIN": ("UD-CLIENT",),
    "UD-RESTART": ("UD-STOP",),
    **dict.fromkeys(
        (
            "SE-PER-SOCKET",
            "SK-SELECT",
            "SK-KEPT",
            "SK-TOGETHER",
            "SK-SERVERS",
            "SK-STOP",
            "SK-NEXT",
            "SK-NOTICE",
            "SK-REUSE",
            "MA-SOCKETS",
            "SS-SOCKETS",
            "CL-SOCKETS",
            "UD-SOCKETS",
            "UD-APART",
        ),
        ("SE-P0-SHOW",),
    ),
    "SE-P0-SHOW": ("SE-P0",),
    "MA-TRANSCRIPT": ("MA-SETUP", "MA-NEXT", "MA-STOP"),
}


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
