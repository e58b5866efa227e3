"""Bytes metered out at the rate of a line."""

from collections import deque

LIMIT = 262144
"""Bytes that may wait; what comes beyond is lost, as on a line that nobody reads."""


class Pace:
    """A bounded queue that gives its bytes away at their time. `byte_time` is seconds a byte, 0: at once."""

    def __init__(self, byte_time: float = 0.0) -> None:
        self.byte_time = byte_time
        self.free = byte_time == 0
        """True where a byte takes no time and none waits: what comes may pass at once."""
        self._parts: deque[tuple[bytes, float, int]] = deque()
        self._size = 0
        self._free_at = 0.0

    def __len__(self) -> int:
        return self._size

    def put(self, data: bytes, now: float, gap: float = 0.0, size: int = 1) -> None:
        """Add bytes, each at least `gap` seconds behind the one before; they are given away `size` at once."""
        data = data[: LIMIT - self._size]
        if not data:
            return
        if not self._parts:
            self._free_at = max(self._free_at, now)
        self._parts.append((data, max(gap, self.byte_time), size))
        self.free = False
        self._size += len(data)

    def clear(self) -> None:
        """Lose what waits."""
        self._parts.clear()
        self._size = 0
        self.free = self.byte_time == 0

    def due(self, now: float) -> list[bytes]:
        """The pieces whose time has come: whole ones, or a few bytes each where a byte takes time."""
        pieces: list[bytes] = []
        while self._parts:
            data, each, size = self._parts.popleft()
            count = len(data) if each == 0 else min(len(data), int((now - self._free_at) / each + 1e-6))
            count -= count % size if count < len(data) else 0
            pieces += [data[:count]] if each == 0 else [data[i : i + size] for i in range(0, count, size)]
            self._free_at += count * each
            self._size -= count
            if count < len(data):
                self._parts.appendleft((data[count:], each, size))
                break
        self.free = self.byte_time == 0 and not self._parts
        return pieces

    def next(self) -> float | None:
        """When `due` has something; None: nothing waits."""
        if not self._parts:
            return None
        data, each, size = self._parts[0]
        return self._free_at + each * min(size, len(data))
