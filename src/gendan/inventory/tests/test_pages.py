"""The pages of the warehouse answer, refuse, and lead on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gendan.accounts.models import Company
from gendan.accounts.tests.make import htmx_client, signed_in_client
from gendan.accounts.tests.make import make_actor as make_member
from gendan.catalog.models import Product
from gendan.inventory import commands
from gendan.inventory.models import Adjustment, StockCount, StockCountLine, Transfer
from gendan.inventory.rules import TransferLineIn
from gendan.inventory.tests.make import World, adjust, make_world, on_hand, stock, transfer

pytestmark = pytest.mark.django_db
LISTS = ["stock_list", "move_list", "transfer_list", "adjustment_list", "count_list"]


def post(client: Client, page: str, *args: Any, lines: list[dict[str, str]] | None = None, **fields: str) -> Any:
    data = {**fields, **({"lines": json.dumps(lines)} if lines is not None else {})}
    return client.post(reverse(f"inventory:{page}", args=args), data)


def busy() -> tuple[World, Client]:
    world = make_world()
    stock(world, "BOLT", 100)
    stock(world, "GLUE", 5, "A-02", "L1")
    Product.objects.filter(pk=world.nut.pk).update(safety_stock=5)
    return world, signed_in_client(world.actor)


@pytest.mark.parametrize("page", LISTS)
def test_lists_with_nothing_and_with_something(page: str) -> None:
    empty = signed_in_client(make_world().actor).get(reverse(f"inventory:{page}"))
    assert empty.status_code == 200
    world, client = busy()
    transfer(world)
    adjust(world)
    commands.create_count(actor=world.actor, warehouse="MAIN")
    for query in ("", "?q=BOLT", "?warehouse=MAIN", "?state=all", "?by=lot", "?by=bin", "?by=warehouse", "?show=below"):
        assert client.get(reverse(f"inventory:{page}") + query).status_code == 200


def test_stock_warns_of_what_is_below_its_safety_stock() -> None:
    _world, client = busy()
    text = client.get(reverse("inventory:stock_list")).content.decode()
    assert "有 1 个产品低于安全库存" in text
    assert "六角螺母" in text


def test_the_page_of_a_product() -> None:
    world, client = busy()
    away = TransferLineIn("BOLT", Decimal(4), "A-01", "E-01")
    transfer(world, away, to_warehouse="EAST", post=True)
    text = client.get(reverse("inventory:stock_detail", args=["BOLT"])).content.decode()
    assert "A-01" in text
    assert "EAST" in text
    assert client.get(reverse("inventory:stock_detail", args=["NONE"])).status_code == 404


def test_files_of_stock_and_moves_hold_no_formulas() -> None:
    world, client = busy()
    Product.objects.filter(pk=world.bolt.pk).update(name="=HYPERLINK(1)")
    stock_file = client.get(reverse("inventory:stock_list") + "?export=csv")
    text = b"".join(stock_file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "BOLT,'=HYPERLINK(1)" in text
    assert ",100," in text
    moves = b"".join(client.get(reverse("inventory:move_list") + "?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert moves.count("\r\n") == 3


def test_a_move_leads_to_its_document() -> None:
    world, client = busy()
    moved = {"transfer": transfer(world, post=True), "adjustment": adjust(world, post=True)}
    text = client.get(reverse("inventory:move_list")).content.decode()
    for kind, done in moved.items():
        assert f'<a href="{reverse(f"inventory:{kind}", args=[done.number])}">{done.number}</a>' in text


def test_a_transfer_on_pages() -> None:
    world, client = busy()
    assert client.get(reverse("inventory:transfer_new") + "?product=BOLT").status_code == 200
    rows = [{"product": "BOLT", "quantity": "10", "from_bin": "A-01", "to_bin": "E-01", "lot": ""}]
    made = post(client, "transfer_new", warehouse="MAIN", to_warehouse="EAST", lines=rows, then="save")
    number = Transfer.objects.get().number
    assert made.headers["Location"] == f"/tr/{number}"
    assert client.get(f"/tr/{number}/edit").status_code == 200
    post(client, "transfer_edit", number, lines=rows, version="1", reason="补货")
    post(client, "transfer_post", number, version="2")
    assert "收货" in client.get(f"/tr/{number}").content.decode()
    arrived = [{"line_no": "1", "arrived": "4", "bin": "E-01"}]
    post(client, "transfer_receive", number, lines=arrived, version="3")
    assert on_hand(world, "BOLT", "E-01") == 4
    post(client, "transfer_recall", number, version="4", reason="车坏了")
    assert Transfer.objects.get().state == "posted"
    assert client.get(f"/tr/{number}").status_code == 200
    draft = transfer(world)
    post(client, "transfer_cancel", draft.number, version="1")
    assert Transfer.objects.get(number=draft.number).state == "cancelled"
    assert client.get(f"/tr/{draft.number}").status_code == 200


def test_a_refusal_is_shown_beside_its_cell() -> None:
    world, _client = busy()
    rows = [{"product": "BOLT", "quantity": "viel", "from_bin": "A-01", "to_bin": "A-02", "lot": ""}]
    refused = post(htmx_client(world.actor), "transfer_new", warehouse="MAIN", lines=rows)
    assert refused.status_code == 422
    assert "lines.0.quantity" in refused.content.decode()
    assert not Transfer.objects.exists()


def test_an_adjustment_on_pages() -> None:
    world, client = busy()
    assert client.get(reverse("inventory:adjustment_new")).status_code == 200
    rows = [{"product": "BOLT", "quantity": "3", "bin": "A-01", "lot": ""}]
    post(client, "adjustment_new", warehouse="MAIN", kind="lost", reason="找不到", lines=rows, then="save")
    number = Adjustment.objects.latest("pk").number
    assert client.get(f"/aj/{number}/edit").status_code == 200
    post(client, "adjustment_edit", number, kind="lost", reason="找不到", lines=rows, version="1")
    post(client, "adjustment_post", number, version="2")
    assert on_hand(world, "BOLT") == 97
    post(client, "adjustment_reverse", number, reason="找到了", version="3")
    assert on_hand(world, "BOLT") == 100
    assert "已冲销" in client.get(f"/aj/{number}").content.decode()
    draft = adjust(world)
    post(client, "adjustment_cancel", draft.number, version="1")
    assert client.get(f"/aj/{draft.number}").status_code == 200


def test_a_count_on_pages() -> None:
    world, client = busy()
    assert client.get(reverse("inventory:count_new")).status_code == 200
    post(client, "count_new", warehouse="MAIN", bins="A-01, A-02", blind="on", then="start")
    number = StockCount.objects.get().number
    page = client.get(f"/sc/{number}/counting").content.decode()
    assert "账面" not in page
    at_bin = post(client, "count_scan", number, code="A-01", place="")
    assert 'data-place="A-01"' in at_bin.content.decode()
    scanned = post(client, "count_scan", number, code="6900001", place="A-01").content.decode()
    assert 'data-scan="ok"' in scanned
    post(client, "count_scan", number, code="98", place="A-01", last="1")
    assert StockCountLine.objects.get(line_no=1).counted == 98
    unknown = post(client, "count_scan", number, code="???", place="A-01").content.decode()
    assert 'data-scan="no"' in unknown
    elsewhere = post(client, "count_scan", number, code="NUT", place="A-01").content.decode()
    assert "加入清单" in elsewhere
    post(client, "count_enter", number, product="NUT", quantity="2", add="1", new="1", place="A-01")
    by_lot = post(client, "count_scan", number, code="L1", place="").content.decode()
    assert 'data-scan="ok"' in by_lot
    post(client, "count_enter", number, line="2", quantity="5")
    undone = post(client, "count_enter", number, line="2", quantity="x").content.decode()
    assert 'data-scan="no"' in undone
    entry = StockCountLine.objects.get(line_no=2).entries.latest("pk").pk
    post(client, "count_undo", number, entry)
    post(client, "count_enter", number, line="2", quantity="5")
    assert "提交复核" in client.get(f"/sc/{number}/counting").content.decode()
    post(client, "count_finish", number, version="1")
    review = client.get(f"/sc/{number}").content.decode()
    assert "差异过账" in review
    client.post(f"/sc/{number}/recount", {"ids": ["1"]})
    assert "重盘" in client.get(f"/sc/{number}/counting").content.decode()
    post(client, "count_enter", number, line="1", quantity="99")
    post(client, "count_finish", number)
    post(client, "count_post", number)
    assert (on_hand(world, "BOLT"), on_hand(world, "NUT")) == (99, 2)
    for show in ("different", "all", "uncounted"):
        assert client.get(f"/sc/{number}?show={show}").status_code == 200
    assert "不在盘点中" in client.get(f"/sc/{number}/counting").content.decode()


def test_differences_are_reviewed_by_weight_and_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    world, client = busy()
    stock(world, "NUT", 20, "A-02")
    done = commands.create_count(actor=world.actor, warehouse="MAIN", start=True)
    for line, counted in ((1, 99), (2, 5), (3, 40)):  # BOLT −1 of 100, GLUE as in the books, NUT +20 of 20
        commands.count_line(actor=world.actor, number=done.number, line=line, quantity=Decimal(counted))
    commands.finish_count(actor=world.actor, number=done.number)
    url = f"/sc/{done.number}"

    def order(show: str) -> list[str]:
        text = client.get(f"{url}?show={show}").content.decode()
        found = [(text.index(f">{name}<"), name) for name in ("六角螺栓 M6×20", "六角螺母 M6") if f">{name}<" in text]
        return [name for _at, name in sorted(found)]

    assert order("different") == ["六角螺母 M6", "六角螺栓 M6×20"]
    assert order("large") == ["六角螺母 M6"]
    assert "差异金额" not in client.get(url).content.decode()

    def worth(actor: Any, products: Any) -> dict[int, Decimal]:
        known = {world.bolt.pk: Decimal(1000), world.nut.pk: Decimal("0.5")}
        return known if actor.may("purchasing.view_price") else {}

    monkeypatch.setattr("gendan.inventory.queries.values.WORTH", [worth])
    assert order("different") == ["六角螺栓 M6×20", "六角螺母 M6"]
    text = client.get(url).content.decode()
    assert "差异金额" in text
    assert "1,000.00" in text
    company = Company.objects.get(pk=world.company_id)
    keeper = signed_in_client(make_member(company, roles=["warehouse_keeper"]))
    text = keeper.get(url).content.decode()
    assert "1,000.00" not in text
    assert "等待有过账权限的同事" in text
    poster = make_member(company, permissions=["inventory.view", "inventory.post_count", "catalog.view"])
    commands.post_count(actor=poster, number=done.number)  # who may not see prices writes them down all the same
    monkeypatch.setattr("gendan.inventory.queries.values.WORTH", [lambda *_: {world.bolt.pk: Decimal(7777)}])
    text = client.get(url).content.decode()
    assert "1,000.00" in text
    assert "7,777" not in text
    assert "1,000.00" not in keeper.get(url).content.decode()


def test_a_blind_recount_does_not_tell_what_was_counted_before() -> None:
    world, client = busy()
    for blind in (True, False):
        done = commands.create_count(actor=world.actor, warehouse="MAIN", blind=blind, start=True)
        commands.count_line(actor=world.actor, number=done.number, line=1, quantity=Decimal(76543))
        commands.finish_count(actor=world.actor, number=done.number, uncounted="skip")
        commands.recount(actor=world.actor, number=done.number)
        for page in (f"/sc/{done.number}/counting", f"/sc/{done.number}"):
            text = client.get(page).content.decode()
            assert any(f in text for f in ("76543", "76,543")) != blind
        commands.cancel_document(actor=world.actor, number=done.number)


def test_a_draft_count_is_changed_on_its_page() -> None:
    world, client = busy()
    post(client, "count_new", warehouse="MAIN", bins="A-01", blind="on", reason="月末", then="save")
    number = StockCount.objects.get().number
    assert reverse("inventory:count_edit", args=[number]) in client.get(f"/sc/{number}").content.decode()
    form = client.get(f"/sc/{number}/edit").content.decode()
    assert 'value="A-01"' in form
    assert 'value="月末"' in form
    refused = post(htmx_client(world.actor), "count_edit", number, warehouse="MAIN", bins="Z-9", version="1")
    assert (refused.status_code, "Z-9" in refused.content.decode()) == (422, True)
    post(client, "count_edit", number, warehouse="MAIN", bins="A-01 A-02", version="1")
    count = StockCount.objects.get()
    assert (count.scope["bins"], count.blind, count.lines.count()) == (["A-01", "A-02"], False, 2)
    commands.start_count(actor=world.actor, number=number)
    assert reverse("inventory:count_edit", args=[number]) not in client.get(f"/sc/{number}").content.decode()


def test_documents_are_copied_on_their_pages() -> None:
    world, client = busy()
    numbers = {
        "transfer": transfer(world, post=True).number,
        "adjustment": adjust(world, post=True).number,
        "count": commands.create_count(actor=world.actor, warehouse="MAIN", start=True).number,
    }
    for kind, number in numbers.items():
        assert (
            reverse(f"inventory:{kind}_copy", args=[number])
            in client.get(reverse(f"inventory:{kind}", args=[number])).content.decode()
        )
        made = post(client, f"{kind}_copy", number)
        assert made.headers["Location"].endswith("/edit")
        assert number in client.get(made.headers["Location"], follow=True).content.decode()


def test_who_may_only_look_sees_no_buttons_and_is_refused() -> None:
    world, _ = busy()
    draft = transfer(world)
    company = Company.objects.get(pk=world.company_id)
    looker = signed_in_client(make_member(company, ["inventory.view"]))
    text = looker.get(f"/tr/{draft.number}").content.decode()
    assert reverse("inventory:transfer_post", args=[draft.number]) not in text
    assert post(looker, "transfer_post", draft.number).status_code == 403
    assert looker.get(reverse("inventory:transfer_new")).status_code == 403
    stranger = signed_in_client(make_world().actor)
    assert stranger.get(f"/tr/{draft.number}").status_code == 404
    nobody = signed_in_client(make_member(company, ["catalog.view"]))
    assert nobody.get(reverse("inventory:stock_list")).status_code == 403
    assert Client().get(reverse("inventory:stock_list")).status_code == 302


def test_a_keeper_works_with_the_standard_role() -> None:
    world, _ = busy()
    company = Company.objects.get(pk=world.company_id)
    keeper = signed_in_client(make_member(company, roles=["warehouse_keeper"]))
    for page in (*LISTS, "transfer_new", "adjustment_new", "count_new"):
        assert keeper.get(reverse(f"inventory:{page}")).status_code == 200
    rows = [{"product": "BOLT", "quantity": "1", "from_bin": "A-01", "to_bin": "A-02", "lot": ""}]
    post(keeper, "transfer_new", warehouse="MAIN", lines=rows, then="post")
    assert on_hand(world, "BOLT", "A-02") == 1
    post(keeper, "count_new", warehouse="MAIN", bins="A-01", then="start")
    number = StockCount.objects.get().number
    post(keeper, "count_scan", number, code="BOLT", place="A-01")
    post(keeper, "count_finish", number, version="1")
    assert post(keeper, "count_post", number).status_code == 403
    manager = signed_in_client(make_member(company, roles=["warehouse_manager"]))
    assert post(manager, "count_post", number).status_code == 302
    assert on_hand(world, "BOLT") == 1
