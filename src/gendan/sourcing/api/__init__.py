"""Inquiries for programs."""

from gendan.sourcing.api.router import router

__all__ = ["router"]
