"""What forms of accounts post."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone

from gendan.kernel import values
from gendan.kernel.errors import Invalid


def version_of(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def number_of(request: HttpRequest, name: str) -> Decimal | None:
    text = request.POST.get(name, "")
    if values.is_empty(text):
        return None
    try:
        return values.to_number(text, decimals=2)
    except values.BadValue as problem:
        raise Invalid({name: problem.text}) from None


def end_of_day(request: HttpRequest, name: str) -> datetime | None:
    text = request.POST.get(name, "")
    if values.is_empty(text):
        return None
    try:
        return timezone.make_aware(datetime.combine(values.to_date(text), time.max))
    except values.BadValue as problem:
        raise Invalid({name: problem.text}) from None
