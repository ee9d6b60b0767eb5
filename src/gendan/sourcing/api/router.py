"""Where the routes of inquiries are declared."""

from ninja import Router

router = Router(tags=["inquiries"])
