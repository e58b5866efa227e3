"""The value of a setting: a number, an address, or the two numbers of PK."""

Value = int | str | tuple[int, int]
