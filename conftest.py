"""Puts the run together: the test system of ``fixtures`` and the renderings of ``reports``."""

from fixtures.plugins import ORDER
from fixtures.plugins import __name__ as plugins
from reports import __name__ as reports

pytest_plugins = [
    *(f"{plugins}.{one}" for one in ORDER),
    f"{reports}.run.plugin",
    f"{plugins}.names",  # the last: it looks at the options of all the others
]
