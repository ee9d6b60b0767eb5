"""Inquiries for programs."""

from gendan.sourcing.api import inquiries, settings
from gendan.sourcing.api.router import router

__all__ = ["inquiries", "router", "settings"]
