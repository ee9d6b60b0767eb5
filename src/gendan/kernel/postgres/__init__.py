"""Django's PostgreSQL backend, told to keep the wall between companies."""
