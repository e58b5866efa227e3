"""A small site: a page, its style sheet, its script and two images, and what HTTP says around them."""

import struct
import zlib
from collections.abc import Mapping

HEAD_END = b"\r\n\r\n"


def png(width: int, height: int, *, seed: int) -> bytes:
    """A true-colour PNG of noise, so that it does not compress: about 3 bytes a pixel."""
    state = seed
    rows = bytearray()
    for _ in range(height):
        rows.append(0)
        for _ in range(3 * width):
            state = (1103515245 * state + 12345) & 0x7FFFFFFF
            rows.append(state >> 16 & 0xFF)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PAGE = b"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>module</title>
<link rel="stylesheet" href="/style.css"><script src="/script.js"></script></head>
<body><p id="styled">served by a module</p><img src="/one.png"><img src="/two.png"><p id="seen"></p></body></html>
"""
STYLE = b"#styled { letter-spacing: 7px }\n"
SCRIPT = b"""addEventListener("load", function () {
  var spacing = getComputedStyle(document.getElementById("styled")).letterSpacing;
  var images = Array.from(document.images, function (one) { return one.naturalWidth + "x" + one.naturalHeight; });
  document.getElementById("seen").textContent = "style " + spacing + " images " + images.join(" ");
});
"""
SEEN = "style 7px images 12x12 20x25"
"""What the script writes into the page once all of it has arrived."""
FILES: Mapping[str, tuple[str, bytes]] = {
    "/": ("text/html", PAGE),
    "/style.css": ("text/css", STYLE),
    "/script.js": ("text/javascript", SCRIPT),
    "/one.png": ("image/png", png(12, 12, seed=1)),
    "/two.png": ("image/png", png(20, 25, seed=2)),
}
"""Path: type and bytes. The larger image takes more than one S3."""


def response(path: str) -> bytes:
    """The whole HTTP answer to a GET of ``path``; the connection ends behind it (RFC 9112)."""
    kind, body = FILES.get(path, ("text/plain", b""))
    status = "200 OK" if path in FILES else "404 Not Found"
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close"
    return head.encode() + HEAD_END + body


def path_of(request: bytes) -> str:
    """The path that ``request`` asks for."""
    parts = request.split(b"\r\n", 1)[0].split(b" ")
    return parts[1].decode("latin-1") if len(parts) == 3 else ""
