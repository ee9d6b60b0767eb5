"""The live process: `python -m gendan.config.serve_live`. Django is not imported, which keeps it small."""

import logging

import uvicorn

from gendan.config import database, env
from gendan.config.env import Environment
from gendan.web.live import Application


def origins(environment: Environment) -> list[str]:
    """The addresses from which pages may listen."""
    own = [f"http://{host}:{environment.port}" for host in environment.hosts]
    return [environment.url, *own] if environment.url else own


def main() -> None:
    """Serve until told to stop."""
    environment = env.current()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    application = Application(
        database_url=database.url_of(environment), secret=env.secret_key(environment), origins=origins(environment)
    )
    uvicorn.run(
        application,
        host=environment.bind,
        port=environment.live_port,
        log_level="warning",
        access_log=False,
        loop="asyncio",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
        server_header=False,
    )


if __name__ == "__main__":
    main()
