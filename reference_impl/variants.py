"""Conforming variants: what the documents allow a module to do otherwise. One row each, found by its name.

A suite must pass with each of them. A variant changes fields of the profile's tables; those of `limits` need a
suite profile that declares them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from reference_impl.core.profile import Profile


class UnknownVariant(Exception):
    """There is no variant of that name."""


@dataclass(frozen=True)
class Variant:
    """What is different, where it is allowed, and the fields of the profile that make it so."""

    what: str
    source: str
    forms: dict[str, Any] | None = None
    limits: dict[str, Any] | None = None


VARIANTS: dict[str, Variant] = {
    "ellipsis-unicode": Variant("'Waiting on connection …' with U+2026", "WEB", {"ellipsis": " …"}),
    "ellipsis-dots": Variant("'Waiting on connection...'", "UM 5.6.1", {"ellipsis": "..."}),
    "ellipsis-space-dots": Variant("'Waiting on connection ...'", "WEB, as plain text", {"ellipsis": " ..."}),
    "read-lost-error": Variant("R0 on a lost connection: -1, ERROR", "DRV", {"read_lost_error": True}),
    "read-lost-ok": Variant("R0 on a lost connection: -1, OK", "WEB, table", {"read_lost_error": False}),
    "send-lost-ok": Variant("S3 on a lost connection: -1, OK", "DRV, UM", {"send_lost_error": False}),
    "send-lost-error": Variant("S3 on a lost connection: -1, ERROR", "by analogy with R0", {"send_lost_error": True}),
    "no-client-error": Variant("R0 and S3 without a client: ERROR", "undocumented", {"no_client_minus_one": False}),
    "half-close": Variant("S3 still sends to a client that closed its side", "undocumented", {"half_close": True}),
    "echo": Variant("machine mode echoes command lines", "LOG", {"echo": True}),
    "notice-glued": Variant("a notice in one piece with the answer before it", "LOG", {"notice_glued": True}),
    "notice-without-prompt": Variant("a notice has no prompt", "UM 4.4", {"notice_prompt": False}),
    "notice-merged": Variant("no prompt between OK and the notice", "WEB, transcript", {"notice_merged": True}),
    "notice-at-once": Variant("a notice between a command's arrival and its answer", "DRV", {"notice_at_once": True}),
    "notice-local-port": Variant("the notice tells the local port", "UM 4.12.3, DS", {"notice_local_port": True}),
    "next-prompt": Variant("P5=10 answers '… > OK'", "WEB, table", {"next_prompt": True}),
    "killed-single": Variant("P5=0 says Killed after P5=1 too", "undocumented", {"killed_single": True}),
    "killed-stopped": Variant("P5=0 says Killed with no server too", "undocumented", {"killed_stopped": True}),
    "waiting-single": Variant("P5=1 says Waiting before OK", "UM 5.6.1", {"waiting_single": True}),
    "banner": Variant("a banner before the start-up prompt", "undocumented", {"banner": "Inventek eS-WiFi ready"}),
    "crlf-before-error": Variant("one more CR LF before ERROR", "LOG", {"crlf_before_error": True}),
    "crlf-before-ok": Variant("one more CR LF before OK", "DRV, C6.2.1.8", {"crlf_before_ok": True}),
    "crlf-before-empty-ok": Variant("an empty answer has 12 bytes", "DRV, C6.2.1.8", {"crlf_before_empty_ok": True}),
    "read-mode-delimited": Variant(
        "R3=1 leaves the delimiters of R0 as they are", "DRV; QR9 has another R3", {"read_mode_delimited": True}
    ),
    "udp-client-on-server": Variant(
        "P6=1 on the UDP socket of P5=1 is OK, and its data go to P3, P4",
        "assumption",
        {"datagram_client_on_server": True},
    ),
    "udp-notice": Variant("P5=1 with UDP announces [UDP SVR] Accepted", "assumption", {"datagram_notice": True}),
    "join-two-lines": Variant("C0 answers in two lines", "QR9", {"join_lines": 2}),
    "join-new-address": Variant("each join brings another address", "DHCP", {"new_address": True}),
    "human-text": Variant("'Entering CMD Mode'", "UM 4.2: the spelling varies", {"human_text": "CMD Mode"}),
    "notice-late": Variant("a notice comes 300 ms after its client", "undocumented", {"notice_ms": 300}),
    "slow-join": Variant("C0 takes 3 s", "DRV: drivers wait 20 s", {"join_ms": 3000}),
    "slow-boot": Variant("the start-up prompt comes 2 s after a reset", "undocumented", {"boot_ms": 2000}),
    "slow": Variant("150 ms of thought before each answer", "LOG", {"think_ms": 150}),
    "dribble": Variant("every byte by itself, 0.5 ms apart", "UART", {"dribble_us": 500}),
    "in-threes": Variant("three bytes at a time, 0.3 ms apart", "UART", {"dribble_us": 100, "dribble_size": 3}),
    "short-reads": Variant("R0 returns less than what is there", "UM 4.14.1: at most R1", {"short_reads": True}),
    "ap-started-empty": Variant("AD answers OK alone", "DS15, SPI", {"ap_started": "empty"}),
    "ap-started-commas": Variant("AD answers [AP ] with SSID, channel, IP", "CMSIS", {"ap_started": "commas"}),
    "ap-idle-refused": Variant("AE with no access point: ERROR", "undocumented", {"ap_idle_refused": True}),
    "ap-joined-line": Variant("A0 ends with [JOIN   ] ssid,ip,0,0", "ST, newer", {"ap_joined_line": True}),
    "match-error": Variant("PG of the same content: Match, ERROR", "UM42", {"match_error": True}),
    "tls-name-checked": Variant("the certificate must be for D0's name", "undocumented", {"tls_name_checked": True}),
    "tls-optional-goes-on": Variant("P9=1 goes on with PB=0 too", "QR6", {"tls_optional_goes_on": True}),
    "slow-scan": Variant("each scan takes 4 s", "CMSIS waits 30 s", {"scan_ms": 4000}),
    "scan-in-brackets": Variant("F0=2 and MR put a network in [SOMA]..[EOMA]", "QR5", {"scan_in_brackets": True}),
    "scan-repeats-list": Variant("F0 lists a network once for each scan", "UM56", {"scan_repeats_list": True}),
    "hidden-left-out": Variant("F0 leaves out hidden networks", "undocumented", {"hidden_left_out": True}),
    "ping-counts-repeats": Variant("T2=5 pings five times", "UM59", {"ping_counts_repeats": True}),
    "ping-slow-timeout": Variant("a ping waits 3 s for its answer", "undocumented", {"ping_timeout_ms": 3000}),
    "joined-refused": Variant("C0 while joined: Already connected!, ERROR", "UM23", {"joined_refused": True}),
    "key-shown": Variant("C? shows the key while CY is 0", "QR5", {"key_shown": True}),
    "uart-words": Variant("U? shows words and two timeouts", "DH39", {"uart_words": True}),
    "rate-silent": Variant("U0 has no answer at the old rate", "VPY", {"rate_silent": True}),
    "short-errors": Variant("MT is 1 at first", "QR20", limits={"short_errors": 1}),
    "status-9": Variant("P? has 9 fields", "UM", limits={"status_fields": 9}),
    "status-10": Variant("P? has 10 fields", "QR20", limits={"status_fields": 10}),
    "status-12": Variant("P? has 12 fields", "QR20", limits={"status_fields": 12}),
    "backlog-8": Variant(
        "P8 is 8 at first, and goes from 0 to 17", "QR20", limits={"backlog_default": 8, "backlog_max": 17}
    ),
    "sockets-5": Variant("P0=4 selects a fifth socket", "WEB, text", limits={"sockets": 5}),
    "read-size-0": Variant("R1=0 is taken", "UM", limits={"read_min": 0}),
    "ssid-of-any-length": Variant("C1 keeps a name of 1,000 bytes", "undocumented", limits={"ssid_max": 1000}),
    "backlog-from-1": Variant("P8=0 is refused", "UM", limits={"backlog_min": 1}),
}


def vary(profile: Profile, names: Iterable[str]) -> Profile:
    """The profile with the variants applied in order. Raises UnknownVariant."""
    for name in names:
        variant = VARIANTS.get(name)
        if variant is None:
            raise UnknownVariant(f"no variant {name}; --list-variants shows them")
        profile = replace(
            profile,
            forms=replace(profile.forms, **(variant.forms or {})),
            limits=replace(profile.limits, **(variant.limits or {})),
        )
    return profile
