"""Set-up of the campaigns' tests: property-based ones draw the same examples in every run, at any speed."""

from hypothesis import settings

settings.register_profile("campaigns", derandomize=True, deadline=None, database=None)
settings.load_profile("campaigns")
