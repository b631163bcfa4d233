"""A certificate authority of the tests' own, made by the openssl command."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "ok.test"

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """A server's certificate for NAME, and the authority that signed it."""

    authority: Path
    certificate: Path
    key: Path

    def server(self, names: list[str | None]) -> ssl.SSLContext:
        """Return a server's context that adds each name it is asked for to `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        return context

    def client(self) -> ssl.SSLContext:
        """Return a client's context that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.authority))


def make_certificates(folder: Path) -> Certificates:
    """Make keys and certificates, good for a day, in `folder`."""
    _openssl(
        folder, "req", "-x509", *_NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "1",
        "-subj", "/CN=Authority of the tests", "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    _openssl(
        folder, "req", *_NEW_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=x"
    )
    (folder / "names").write_text(f"subjectAltName=DNS:{NAME}\n")
    _openssl(
        folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-extfile", "names", "-days", "1", "-out", "server.pem",
    )  # fmt: skip
    return Certificates(
        authority=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key"
    )


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 -- the arguments are those above
        ["openssl", *arguments],  # noqa: S607 -- whichever openssl is installed
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=30,
    )
