"""The live process: `python -m gendan.config.serve_live`. Django is not imported, which keeps it small."""

import logging
import socket
from contextlib import suppress
from typing import Any

import uvicorn

from gendan.config import database, env
from gendan.config.env import Environment
from gendan.web.live import Application


def origins(environment: Environment) -> list[str]:
    """The addresses from which pages may listen."""
    own = [f"http://{host}:{environment.port}" for host in environment.hosts]
    return [environment.url, *own] if environment.url else own


class Server(uvicorn.Server):
    """Ends the open streams before it stops: pages listen for hours, and a stream cut off is logged as a failure."""

    def __init__(self, application: Application, **options: Any) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                log_level="warning",
                access_log=False,
                loop="asyncio",
                http="h11",
                ws="none",
                timeout_graceful_shutdown=1,
                server_header=False,
                **options,
            )
        )
        self.hub = application.hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for what is left."""
        self.hub.close()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until told to stop."""
    environment = env.current()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    application = Application(
        database_url=database.url_of(environment), secret=env.secret_key(environment), origins=origins(environment)
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again once it has stopped
        Server(application, host=environment.bind, port=environment.live_port).run()


if __name__ == "__main__":
    main()
