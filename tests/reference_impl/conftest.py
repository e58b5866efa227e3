"""Set-up of the emulator's tests: property-based ones draw the same examples in every run, at any speed."""

from hypothesis import settings

settings.register_profile("emulator", derandomize=True, deadline=None, database=None)
settings.load_profile("emulator")
