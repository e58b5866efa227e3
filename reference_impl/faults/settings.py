"""Faults of the settings."""

from dataclasses import replace

from reference_impl.core.seams import Change, Check
from reference_impl.faults.registry import Fault, fault


@fault("backlog-6-refused", breaks="P8=<0-6> sets the number of backlogs", source="WEB, first table")
class Backlog6Refused(Fault):
    """The range ends one too early."""

    def check(self, check: Check) -> Check:
        """Refuse 6."""
        return replace(check, value=None) if check.name == "P8" and check.value == 6 else check


@fault("settings-shared", breaks="All P settings are kept per socket", source="UM")
class SettingsShared(Fault):
    """What is set for one socket is set for all."""

    def store(self, change: Change) -> Change | None:
        """Store it everywhere."""
        for socket in self.module.sockets:
            socket.settings[change.name] = change.value
        return change
