"""Puts the run together: the test system of ``fixtures`` and the renderings of ``reports``."""

pytest_plugins = [
    "fixtures.plugins.options",
    "fixtures.plugins.traceability",
    "fixtures.plugins.rig",
    "fixtures.plugins.waivers",
    "fixtures.plugins.places",
    "fixtures.plugins.verdicts.hooks",
    "fixtures.plugins.attempts",
    "fixtures.plugins.sharing",
    "fixtures.plugins.replay",
    "fixtures.plugins.walks",
    "fixtures.plugins.campaigns",
    "reports.run.plugin",
    "fixtures.plugins.names",  # the last: it looks at the options of all the others
]
