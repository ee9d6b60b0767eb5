"""The only reader of the environment: every GENDAN_* variable, checked before anything starts."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parents[3]

VARIABLES: dict[str, str] = {
    "GENDAN_HOME": "folder for everything that is written (default: var/ in the checkout, else ~/.gendan)",
    "GENDAN_PORT": "port of the pages and the API (default 8000)",
    "GENDAN_BIND": "address to listen on (default 127.0.0.1)",
    "GENDAN_URL": "public address behind a reverse proxy, such as https://gendan.example.com",
    "GENDAN_ALLOWED_HOSTS": "host names that requests may ask for, separated by commas",
    "GENDAN_WORKERS": "web processes (default 2)",
    "GENDAN_LIVE_PORT": "port of the live updates (default: GENDAN_PORT + 10000)",
    "GENDAN_LIVE_URL": "public address of the live updates behind a reverse proxy",
    "GENDAN_DATABASE_URL": "PostgreSQL server to use instead of the private one",
    "GENDAN_TEST_DATABASE_URL": "PostgreSQL server for the tests instead of a private one",
    "GENDAN_SECRET_KEY": "key for signatures (default: made once, kept in GENDAN_HOME/secret_key)",
    "GENDAN_MAIL_URL": "mail server, such as smtp://user:password@mail.example.com:587 or smtps://… (default: files)",
    "GENDAN_MAIL_FROM": "sender of mails, such as gendan@example.com",
    "GENDAN_OUTGOING_ALLOWED": "servers inside the network that companies may use (mail, chat): host:port, by commas",
    "GENDAN_DEBUG": "true while developing: tracebacks in the browser, templates read anew",
}


class Misconfigured(Exception):
    """A GENDAN_* variable that cannot be used; the text names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says, typed and with its defaults."""

    home: Path
    port: int
    bind: str
    url: str
    allowed_hosts: tuple[str, ...]
    workers: int
    live_port: int
    live_url: str
    database_url: str
    test_database_url: str
    secret_key: str
    debug: bool
    mail_url: str = ""
    mail_from: str = ""
    outgoing_allowed: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names and addresses under which this installation is asked for."""
        own = () if self.bind in {"127.0.0.1", "0.0.0.0", "::", "::1"} else (self.bind,)
        public = (urlsplit(self.url).hostname or "",) if self.url else ()
        return ("localhost", "127.0.0.1", *own, *public, *self.allowed_hosts)

    @property
    def live_origins(self) -> tuple[str, ...]:
        """Where pages find the live updates: what a content security policy has to allow."""
        if self.live_url:
            parts = urlsplit(self.live_url)
            return (f"{parts.scheme}://{parts.netloc}",)
        return tuple(f"http://{host}:{self.live_port}" for host in self.hosts if not host.startswith((".", "*")))

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the product through TLS."""
        return self.url.startswith("https://")

    @property
    def origin(self) -> str:
        """The address that people type."""
        shown = "localhost" if self.bind in {"127.0.0.1", "0.0.0.0", "::", "::1"} else self.bind
        return self.url or f"http://{shown}:{self.port}"


def read(variables: Mapping[str, str]) -> Environment:
    """Check and type the given variables; refuse unknown and misspelt ones by name."""
    given = {name: value.strip() for name, value in variables.items() if name.startswith("GENDAN_")}
    if unknown := sorted(set(given) - set(VARIABLES)):
        raise Misconfigured(f"{', '.join(unknown)}: not known. Known are: {', '.join(sorted(VARIABLES))}.")
    port = _port(given, "GENDAN_PORT", 8000)
    return Environment(
        home=Path(given.get("GENDAN_HOME") or _default_home()).expanduser().absolute(),
        port=port,
        bind=given.get("GENDAN_BIND") or "127.0.0.1",
        url=_address(given, "GENDAN_URL", origin_only=True),
        allowed_hosts=tuple(host.strip() for host in given.get("GENDAN_ALLOWED_HOSTS", "").split(",") if host.strip()),
        workers=_integer(given, "GENDAN_WORKERS", 2, 1, 64),
        live_port=_port(given, "GENDAN_LIVE_PORT", port + 10000 if port <= 55535 else port - 10000),
        live_url=_address(given, "GENDAN_LIVE_URL"),
        database_url=_database(given, "GENDAN_DATABASE_URL"),
        test_database_url=_database(given, "GENDAN_TEST_DATABASE_URL"),
        secret_key=_secret(given),
        debug=_boolean(given, "GENDAN_DEBUG"),
        mail_url=_mail(given),
        mail_from=given.get("GENDAN_MAIL_FROM") or "gendan@localhost",
        outgoing_allowed=_places(given, "GENDAN_OUTGOING_ALLOWED"),
    )


_current: list[Environment] = []


def current() -> Environment:
    """The environment of this process, read once."""
    if not _current:
        _current.append(read(os.environ))
    return _current[0]


def use(environment: Environment) -> None:
    """Make this the environment of the process: for tests, before anything asks."""
    _current[:] = [environment]


def secret_key(environment: Environment) -> str:
    """The key for signatures: given, or made once and kept in the home folder for its owner only."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.home / "secret_key"
    for _ in range(2):
        try:
            if key := path.read_text(encoding="ascii").strip():
                return key
            raise Misconfigured(f"{path} is empty. Delete it to have a new key made; everybody signs in again.")
        except FileNotFoundError:
            _write_once(path, secrets.token_urlsafe(50))
    raise Misconfigured(f"{path} cannot be written.")


def _write_once(path: Path, text: str) -> None:
    """Create the file with its full content or not at all; whoever comes second keeps the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def _default_home() -> Path:
    return CHECKOUT / "var" if (CHECKOUT / "pyproject.toml").exists() else Path("~/.gendan")


def _integer(given: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise Misconfigured(f"{name}={text!r}: expected a whole number from {lowest} to {highest}.")
    return int(text)


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    return _integer(given, name, default, 1, 65535)


def _boolean(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name, "")
    if text not in {"", "true", "false"}:
        raise Misconfigured(f"{name}={text!r}: expected true or false.")
    return text == "true"


def _address(given: Mapping[str, str], name: str, *, origin_only: bool = False) -> str:
    text = given.get(name, "").rstrip("/")
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise Misconfigured(f"{name}={text!r}: expected an address such as https://gendan.example.com.")
    if origin_only and (parts.path or parts.query):
        raise Misconfigured(f"{name}={text!r}: expected an address without a path.")
    return text


def _database(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise Misconfigured(f"{name}: expected postgresql://user:password@host:port/name.")
    return text


def _mail(given: Mapping[str, str]) -> str:
    text = given.get("GENDAN_MAIL_URL", "")
    parts = urlsplit(text)
    if text and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise Misconfigured(
            "GENDAN_MAIL_URL: expected smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    return text


def _places(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(place.strip() for place in given.get(name, "").split(",") if place.strip())
    if any(not place.rpartition(":")[0] or not place.rpartition(":")[2].isdecimal() for place in found):
        raise Misconfigured(f"{name}: expected host:port, several separated by commas.")
    return found


def _secret(given: Mapping[str, str]) -> str:
    text = given.get("GENDAN_SECRET_KEY", "")
    if text and len(text) < 32:
        raise Misconfigured("GENDAN_SECRET_KEY: expected at least 32 characters.")
    return text
