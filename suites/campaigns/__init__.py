"""Cases that judge several areas at once, and runs that go on for a given time."""
