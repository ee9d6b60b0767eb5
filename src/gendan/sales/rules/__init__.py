"""rules of the sales chain."""
