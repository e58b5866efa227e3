"""The value of a setting: a number, an address or other word, bytes as the host said them, or the two numbers of PK."""

Value = int | str | bytes | tuple[int, int]
