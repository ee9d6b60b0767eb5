"""steps of the sales chain."""
