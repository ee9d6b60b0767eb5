"""Inquiries for programs."""

from gendan.sourcing.api import inquiries, papers, settings
from gendan.sourcing.api.router import router

__all__ = ["inquiries", "papers", "router", "settings"]
