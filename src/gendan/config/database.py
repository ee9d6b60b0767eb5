"""Which database: the private embedded one or the server that GENDAN_DATABASE_URL names."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from gendan.config.env import Environment
from gendan.config.postgres import Embedded


def url_of(environment: Environment) -> str:
    """The connection address, in libpq's form."""
    return environment.database_url or Embedded(environment.home / "pg").url


def django_database(url: str) -> dict[str, Any]:
    """Django's settings for one PostgreSQL address; parameters that Django has no name for become options."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    given = parts.pop("options", "")
    return {
        "ENGINE": "gendan.kernel.postgres",
        "NAME": parts.pop("dbname", "gendan"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,  # gendan.kernel.db notices a lost connection without asking the server
        "ATOMIC_REQUESTS": False,
        # Prepared statements halve the server's share of a request.
        "OPTIONS": {
            "server_side_binding": True,
            "application_name": "gendan",
            "options": f"-c plan_cache_mode=force_generic_plan {given}".strip(),
            **parts,
        },
    }
