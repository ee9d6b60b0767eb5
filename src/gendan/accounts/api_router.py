"""The router that the modules of this context's API share."""

from ninja import Router

router = Router()
