"""Reading for handheld devices."""
