"""What the areas' cases are given besides the test system's own fixtures."""

from suites.steps.given import bench_pace, served, server, single_served, single_server

__all__ = ["bench_pace", "served", "server", "single_served", "single_server"]
