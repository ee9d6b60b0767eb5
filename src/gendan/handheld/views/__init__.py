"""Pages and answers for handheld devices."""
