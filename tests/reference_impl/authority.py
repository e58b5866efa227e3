"""Certificates made for one run by the openssl command: an authority, and what it or another one has signed."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files of PEM."""

    certificate: Path
    key: Path

    @property
    def pem(self):
        return self.certificate.read_bytes()

    @property
    def key_pem(self):
        return self.key.read_bytes()


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)


class Authority:
    """A root of its own in `folder`; `sign` makes a pair for a name."""

    def __init__(self, folder, name):
        self.folder, self.name, self.count = folder, name, 0
        pair = self._request(name)
        uses = "keyUsage=critical,keyCertSign,cRLSign"  # Python 3.13 takes no authority without
        extension = ("-addext", "basicConstraints=critical,CA:true", "-addext", uses)
        openssl("req", "-x509", "-key", pair.key, "-subj", f"/CN={name}", *extension, "-out", pair.certificate)
        self.root = pair

    def sign(self, name="localhost", days=2):
        """A pair for the name; `days` below 0: it has expired."""
        pair = self._request(name)
        by = ("-CA", self.root.certificate, "-CAkey", self.root.key, "-copy_extensions", "copy")
        openssl("x509", "-req", "-in", f"{pair.key}.csr", *by, "-days", days, "-out", pair.certificate)
        return pair

    def _request(self, name):
        self.count += 1
        pair = Pair(self.folder / f"{self.name}{self.count}.pem", self.folder / f"{self.name}{self.count}.key")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", pair.key)
        names = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
        openssl("req", "-new", *key, *names, "-out", f"{pair.key}.csr")
        return pair
