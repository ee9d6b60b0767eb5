"""What is sent to a door beside its address, for the test of who may open which."""

from __future__ import annotations

from typing import Any

# What must be sent so that a door gets as far as asking for permission.
FORMS: dict[str, dict[str, Any]] = {
    "POST accounts:user_links": {"ids": ["xuser"]},
    "POST catalog:switch": {"ids": ["X-PRODUCT"]},
    "POST carriers:carrier": {"code": "XCR", "name": "XCR", "silent_hours": "48"},
    "POST notices:channel": {"name": "X"},
    "POST notices:channel_new": {"code": "new", "name": "X", "address": "dingtalk://abcdef0123456789/"},
    "POST notices:policy": {"digest_at": "09:00"},
    "POST notices:settings": {},
    "POST notices:template": {"title": "{{ number }}", "body": "{{ text }}"},
    "POST notices:browser_save": {
        "endpoint": "https://push.example.com/x", "key": "BA" + "A" * 85, "auth": "A" * 22
    },
    "POST notices:mute": {"kind": "mention"},
    "POST notices:unmute": {"kind": "mention"},
    "POST /notice-channels": {"code": "new", "name": "X", "address": "dingtalk://abcdef0123456789/"},
    "POST /notice-mutes": {"kind": "mention"},
    "POST /notice-mutes/remove": {"kind": "mention"},
    "POST carriers:parcel_record": {"status": "in_transit"},
    "POST purchasing:line_revise": {"expected_on": "2026-12-24"},
    "POST sales:order_available": {"warehouse": "x", "lines": "[]"},
    "POST sales:cover_line": {"number": "SO-X", "line": "1"},
    "POST sales:move_reservation": {"number": "SO-X", "line": "1", "to_number": "SO-Y", "to_line": "1"},
    "POST sales:order_promise": {"line": "1", "promised_on": "2026-12-24", "reason": "X"},
    "POST purchasing:line_impact": {"expected_on": "2026-12-24"},
    "POST purchasing:answer_impact": {
        "line": "1", "answer": "accepted", "quantity": "1", "promised_on": "2026-12-24", "part_note": ""
    },
    "POST purchasing:announce_impact": {"expected_on": "2026-12-24", "order": "PO-9", "line": "1", "quantity": "1"},
    "POST purchasing:shipment_impact": {"expected_on": "2026-12-24"},
    "POST purchasing:shipment_new": {"order": "PO-9", "line": "1", "quantity": "1", "lot": ""},
    "POST purchasing:shipment_cancel": {"reason": "X"},
    "POST purchasing:receipt_inspect": {"line": "1", "accepted": "1", "rejected": "", "bin": "", "note": ""},
    "POST purchasing:receive_book": {
        "document_order": "PO-9", "order": "PO-9", "line": "1", "quantity": "1", "lot": "", "bin": ""
    },
    "POST purchasing:order_bulk?verb=approve": {"ids": ["PO-9"]},
    "POST purchasing:order_bulk?verb=submit": {"ids": ["PO-9"]},
    **{f"POST sales:order_bulk?verb={verb}": {"ids": ["SO-9"]} for verb in ("approve", "reserve", "submit")},
    **{f"GET kernel:print{page}?name=purchasing.order": {"n": "{po}"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=purchasing.receipt": {"n": "{gr}"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=purchasing.return": {"n": "{rtv}"} for page in ("", "_file")},
    "POST purchasing:return_new": {
        "receipt": "{gr}", "line": "1", "rejected": "1", "quantity": "1", "reason": "other", "line_note": ""
    },
    "POST purchasing:return_edit": {
        "receipt": "{gr}", "line": "1", "rejected": "0", "quantity": "1", "reason": "other", "line_note": "", "id": "",
        "bin": "",
    },
    "POST purchasing:return_verb?verb=promise": {"replace_on": "2030-01-01"},
    "POST purchasing:return_replace": {"line": "1", "quantity": "1"},
    "POST purchasing:return_verb?verb=credit": {"credit": "1"},
    "POST purchasing:return_verb?verb=reverse": {"reason": "X"},
    "POST purchasing:reject_settle": {"line": "1", "scrap": "1"},
    "POST purchasing:inspection_decide": {"source_line": "1", "accepted": "1", "rejected": "", "bin": "", "note": ""},
    "POST purchasing:inspection_wish": {"line": "1", "quantity": "1", "bin": "", "reason": "X"},
    "GET /defect-rates": {"first": "2026-01-01", "last": "2026-12-31"},
    "POST quality:inspection_results": {"line": "1", "defective-1": "0"},
    "POST quality:plan": {"name": "X", "method": "all", "lines": "[]"},
    "POST quality:plan_new": {"code": "X-NEW", "name": "X", "method": "all", "lines": "[]"},
    "POST quality:action_new": {"supplier": "X-SUPPLIER", "problem": "X", "due_on": "2027-01-01"},
    "POST quality:action_verb?verb=answer": {"cause": "X", "measure": "X"},
    **{f"POST quality:action_verb?verb={verb}": {"reason": "X"} for verb in ("close", "return", "verify")},
    **{f"GET kernel:print{page}?name=alerts.report": {"n": "2026-11-16"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=catalog.product": {"n": "X-PRODUCT"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=catalog.bin": {"n": "WX BX"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=inventory.lot": {"n": "X-PRODUCT XL"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=sales.quotation": {"n": "{qu}"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=sales.order": {"n": "{so}"} for page in ("", "_file")},
    **{
        f"GET kernel:print{page}?name=sales.{paper}": {"n": "{wave}" if paper == "wave" else "{dn}"}
        for page in ("", "_file")
        for paper in ("delivery", "packing", "papers", "parcel", "pick", "wave")
    },
    "POST sales:return_new": {"order": "{so}", "line": "1", "quantity": "1", "reason": "other", "line_note": ""},
    "POST sales:delivery_new": {"order": "SO-X", "line": "1", "quantity": "1"},
    "POST sales:wave_new": {"ids": ["DN-X"]},
    "POST sourcing:from_requisitions": {
        "pick": "PR-9/1", "key": "PR-9/1", "quantity": "", "supplier": "", "unit_price": ""
    },
    "POST sourcing:inquiry_verb?verb=closing": {"closes_at": "2030-01-01T10:00"},
    **{f"GET kernel:print{page}?name=sourcing.contract": {"n": "{fc}"} for page in ("", "_file")},
    **{f"GET kernel:print{page}?name=insight.scorecard": {"n": "X-SUPPLIER"} for page in ("", "_file")},
    "POST sourcing:contract_new": {"supplier": "X-SUPPLIER", "lines": "[]"},
    "POST sourcing:settings": {"late_answers": "mark", "weight_price": "1"},
    "POST settlement:payment_verb?verb=reverse": {"reason": "X"},
    "POST settlement:payment_verb?verb=allocate": {"lines": '[{"number": "BILL-9", "amount": "1"}]'},
    "POST settlement:bill_verb?verb=void": {"reason": "X"},
    "POST /payments/{number}/reverse": {"reason": "X"},
    "POST /payments/{number}/allocate": {"parts": [{"number": "BILL-9", "amount": "1"}]},
    **{
        f"GET kernel:print{page}?name=settlement.{paper}": {"n": "{pay}"}
        for page in ("", "_file")
        for paper in ("payment", "payment_list")
    },
    "POST transport:book": {"dock": "X-DOCK", "on": "2030-01-02", "at": "09:00"},
    "POST transport:freight_save": {"amount": "1", "currency": "CNY", "basis": "quantity"},
    **{f"POST transport:dock_{page}": {
        "code": "X-DOCK-2", "warehouse": "WX", "capacity": "1", "slot_minutes": "60", "opens": "08:00",
        "closes": "18:00", "weekdays": ["1"], "is_active": "on",
    } for page in ("new", "edit")},
    "GET /docks-free": {"warehouse": "WX", "on": "2030-01-01"},
    "PUT /docks/{code}": {"warehouse": "WX"},
    "POST /arrivals/{number}/dock": {"dock": "X-DOCK", "on": "2030-01-02", "at": "09:00:00"},
    "POST /arrivals/{number}/freight": {"amount": "1", "currency": "CNY", "basis": "quantity"},
    "PUT /arrivals/{number}/freight/{no}": {"amount": "1", "currency": "CNY", "basis": "quantity"},
    "POST sales:ship_many": {"ids": ["DN-X"]},
    "POST inventory:adjustment_reverse": {"reason": "X"},
    "POST inventory:count_enter": {"line": "1", "quantity": "1"},
    "POST integrations:upload": {"resource": "products"},
    "POST purchasing:order_verb?verb=confirm": {"all": "1"},
    "POST flow:calendar_day": {"day": "2026-11-28", "works": "1"},
    "POST flow:calendar_time": {"starts": "08:30", "ends": "17:30"},
    "POST flow:flow_new": {"kind": "po"},
    "GET /flows/{kind}/versions/compare": {"a": "1", "b": "1"},
    "GET /calendar": {"first": "2026-11-01", "last": "2026-11-30"},
    "PUT /calendar/days": {"days": [{"day": "2026-11-28", "works": True}]},
    "PUT /calendar/hours": {"starts": "08:30", "ends": "17:30"},
    "POST flow:task_verb": {"reason": "X"},
    **{f"POST alerts:case_bulk?verb={verb}": {"ids": ["EX-9"]}
       for verb in ("assign", "dismiss", "reopen", "resolve", "take")},
    "POST alerts:case_bulk?verb=snooze": {"ids": ["EX-9"], "until": "2099-01-01"},
    "POST alerts:rule_save": {"severity": "high"},
    "POST alerts:proposal_apply": {"rule": "late_confirmation", "after": "9"},
    "POST alerts:trial": {"days": "30"},
    "POST alerts:case_verb?verb=assign": {"to": "boss"},
    "POST alerts:case_verb?verb=snooze": {"until": "2099-01-01"},
    "POST alerts:case_verb?verb=dismiss": {"reason": "X"},
    "POST alerts:remedy": {"reason": "X"},
    "POST /cases/{number}/remedies/{code}": {"values": {"reason": "X"}},
    "GET /stock-as-of": {"day": "2026-11-01"},
    "GET /allocation": {"product": "x"},
    "GET /atp": {"product": "x", "quantity": "1", "warehouse": "x"},
    "POST /tracking/{carrier}/{number}/events": {"status": "in_transit"},
}  # fmt: skip
