"""What the areas' cases are given besides the test system's own fixtures."""

from suites.steps.given import bench_pace, server, single_server

__all__ = ["bench_pace", "server", "single_server"]
