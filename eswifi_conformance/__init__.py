"""The conformance suite as an installed package: its commands, and the plugin for suites of a user's own.

In a checkout the rooms (``suites``, ``fixtures``, ``reference_impl``, ``reports``) are folders beside this one; a
wheel has them below it (docs/decisions/distributions.md).
"""
