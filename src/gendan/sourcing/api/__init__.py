"""Inquiries for programs."""

from gendan.sourcing.api import contracts, inquiries, papers, settings
from gendan.sourcing.api.router import router

__all__ = ["contracts", "inquiries", "papers", "router", "settings"]
