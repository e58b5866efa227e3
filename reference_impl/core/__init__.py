"""The module itself, without input and output: `Module` takes bytes, events and the time, and gives effects."""
