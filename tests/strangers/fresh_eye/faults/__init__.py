"""Faults: each breaks one sentence that the documents state (M: the vendor's page; D: UM, QR20, DS).

They are the mistakes of a firmware engineer, not of a saboteur: everything else goes on working.
"""

from faults.data import FAULTS as DATA
from faults.framing import FAULTS as FRAMING
from faults.others import FAULTS as OTHERS
from faults.servers import FAULTS as SERVERS
from faults.settings import FAULTS as SETTINGS

FAULTS = FRAMING | SETTINGS | SERVERS | DATA | OTHERS
