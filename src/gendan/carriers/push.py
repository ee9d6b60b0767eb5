"""The door at which carriers' services push what happened: public, believed by its signature only."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gendan.carriers import commands
from gendan.carriers.adapters import ADAPTERS
from gendan.carriers.errors import PushRefused
from gendan.carriers.queries import carrier_by_token
from gendan.carriers.queue import system_actor
from gendan.carriers.rules import Update
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound
from gendan.kernel.limits import too_many
from gendan.kernel.origin import address_of
from gendan.kernel.values import whole

log = logging.getLogger("gendan.carriers")
MAX_BYTES = 512 * 1024
PER_MINUTE = 600  # of one carrier
STRANGERS_PER_MINUTE = 60


@csrf_exempt
@require_POST
def push(request: HttpRequest, token: str) -> HttpResponse:
    """Take what a carrier pushes. Told again, or in another order, it changes nothing more: events are known by what
    they say, and the newest of them counts.
    """
    if (whole(request.META.get("CONTENT_LENGTH") or 0) or 0) > MAX_BYTES:
        return HttpResponse(status=413)
    found = carrier_by_token(token) if len(token) <= 64 else None
    name = f"carriers.push:{token}" if found else f"carriers.push?{address_of(request)}"
    if too_many(name, PER_MINUTE if found else STRANGERS_PER_MINUTE):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    if found is None:
        return HttpResponse(status=404)
    company_id, zone, code, adapter_code, account = found
    adapter = ADAPTERS[adapter_code]
    try:
        if any("\0" in value for value in request.POST.values() if isinstance(value, str)):
            raise PushRefused()
        updates = adapter.read_push(account, {name: str(value) for name, value in request.POST.items()})
    except PushRefused as refused:
        log.warning("a push to %s (company %s) was refused: %s", code, company_id, refused)
        return JsonResponse(adapter.answer_push("签名或内容不正确"), status=403)
    actor = system_actor(company_id, zone)
    missed = [update.tracking_number for update in updates if not _take(actor, code, update)]
    if missed:
        return JsonResponse(adapter.answer_push("暂时无法处理，请稍后重推"), status=503)
    return JsonResponse(adapter.answer_push())


def _take(actor: Actor, carrier: str, update: Update) -> bool:
    """Whether it needs not be pushed again; a number that nobody here tracks any more is none of our business."""
    try:
        commands.take_update(
            actor=actor,
            carrier=carrier,
            tracking_number=update.tracking_number,
            scans=update.scans,
            status=update.status,
            expected_on=update.expected_on,
            signed_by=update.signed_by,
            source="push",
        )
    except NotFound:
        return True
    except AppError:
        return False
    return True
