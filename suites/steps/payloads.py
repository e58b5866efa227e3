"""Sizes and contents at which firmware goes wrong."""

SIZES = [1, 2, 63, 64, 65, 100, 127, 128, 129, 192, 255, 256, 257, 511, 512]
SIZES += [1023, 1024, 1399, 1400, 1401, 1408, 1459, 1460]

CONTENTS = {
    "all bytes": bytes(range(256)),
    "all bytes backwards": bytes(range(255, -1, -1)),
    "NULs": bytes(64),
    "0xFF": b"\xff" * 64,
    "CR LF": b"\r\n",
    "CR LF around": b"\r\ntext\r\n",
    "CRs and LFs": b"\r\r\n\n\r\n\r",
    "ends in CR": b"text\r",
    "ends in LF": b"text\n",
    "begins with LF": b"\ntext",
    "prompt": b"> ",
    "prompt on a line": b"before\r\n> after",
    "success frame": b"\r\n\r\nOK\r\n> ",
    "success frame inside": b"before\r\nOK\r\n> after",
    "two success frames": b"\r\n1\r\nOK\r\n> \r\n2\r\nOK\r\n> ",
    "error frame": b"\r\nERROR\r\n> ",
    "long error frame": b"x\r\nERROR: no\r\nUsage: R0 \r\n> y",
    "OK": b"OK",
    "ERROR": b"ERROR",
    "ends like an answer": b"data\r\nOK\r\n> ",
    "ends in OK": b"data\r\nOK",
    "ends in OK and CR LF": b"data\r\nOK\r\n",
    "-1 inside": b"x-1y",
    "-1 on a line": b"\r\n-1\r\n",
    "0x15": b"\x15" * 8,
    "XON and XOFF": b"\x11\x13\x11\x13",
    "escape and break": b"\x03\x04\x1a\x1b\x7f",
    "a notice": b"\r\n[TCP SVR] Accepted 192.0.2.1:1\r\n> ",
    "SOMA and EOMA": b"[SOMA]text[EOMA]",
    "a command": b"P0=3\r",
    "human mode": b"$$$\r",
    "UTF-8": "Grüße … 漢字 🙂".encode(),
    "high bit": bytes(range(128, 256)),
}


def pattern(size: int, seed: int = 0) -> bytes:
    """``size`` bytes in which no piece repeats soon: a loss, a doubling or a swap shows."""
    state = seed or 1
    out = bytearray()
    while len(out) < size:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((state >> 16) & 0xFF)
    return bytes(out)


def text(size: int) -> bytes:
    """``size`` letters and digits."""
    return bytes(48 + (n * 7 + n // 43) % 43 for n in range(size))
