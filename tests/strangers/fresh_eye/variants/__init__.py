"""Conforming variants: each is allowed by the documents, or by their silence. They can be combined.

A suite that fails a module for one of these is wrong, unless a profile declared otherwise.
"""

from variants.data import VARIANTS as DATA
from variants.framing import VARIANTS as FRAMING
from variants.others import VARIANTS as OTHERS
from variants.servers import VARIANTS as SERVERS

VARIANTS = FRAMING | SERVERS | DATA | OTHERS
