"""Whatever is sent, the answer is a refusal that names it, never an error."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from gendan.accounts.tests.make import api_client
from gendan.purchasing.tests.test_receiving_pages import full_world

pytestmark = pytest.mark.django_db
ODD = ["a\x00b", "'", "%s", "x" * 5000, "𝄞", "-1", "9" * 30, "1e5", "../x", "{}"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_is_no_server_error(odd: str) -> None:
    world, order, asn, receipt = full_world()
    api = api_client(world.actor)
    sent = quote(odd, safe="")
    lists = ("/order-lines?supplier=", "/order-lines?due=", "/order-lines?after=", "/order-lines?limit=")
    more = ("/shipments?state=", "/shipments?q=", "/shipments?after=", "/receipts?q=", "/supplier-performance?period=")
    answers = [api.get(f"{path}{sent}") for path in (*lists, *more)]
    places = ("/shipments/{}", "/receipts/{}", "/order-lines/{}/1/trace", f"/order-lines/{order}/{{}}/trace")
    answers += [api.get(path.format(sent)) for path in places]
    line = {"line": 2, "quantity": "1"}
    for field in ("carrier", "tracking_number", "external_key"):
        answers.append(api.post(f"/purchase-orders/{order}/shipments", {field: odd, "lines": [line]}))
    for changed in ({**line, "quantity": odd}, {**line, "lot": odd}, {**line, "order": odd}):
        answers.append(api.post("/shipments", {"orders": [order], "lines": [changed]}))
    answers.append(api.patch(f"/shipments/{asn}", {"carrier": odd, "weight": "999999999999"}))
    verdict = {"line": 1, "accepted": "0.1", "bin": odd, "note": odd}
    answers.append(api.post(f"/receipts/{receipt}/inspect", {"lines": [verdict]}))
    answers.append(api.post(f"/order-lines/{order}/2/expect", {"expected_on": "9999-12-31", "note": odd}))
    counted = {"line": 1, "quantity": "0.1", "lot": odd, "order": odd}
    answers.append(api.post(f"/shipments/{asn}/receipts", {"delivery_note": odd, "lines": [counted]}))
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
