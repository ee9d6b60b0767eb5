"""Situations of master data: each record exists and is changed."""

from __future__ import annotations

from typing import Any

from gendan.catalog import commands
from gendan.catalog.tests.make import make_customer, make_price
from gendan.kernel.errors import Invalid

from .scenario import Arguments, World, scenario


def change(world: World, resource: str, record: dict[str, Any], **new: Any) -> Arguments:
    """A record is made; the arguments change it."""
    commands.SAVE[resource](actor=world.admin, values=record, new=True)
    keys = {name: value for name, value in record.items() if name in {"code", "warehouse"}}
    return {"values": keys | new, "new": False}


@scenario("catalog.save_product")
def save_product(world: World) -> Arguments:
    return {"values": {"code": "BOLT", "name": "六角螺栓 M8×30"}, "new": False}


@scenario("catalog.save_partner")
def save_partner(world: World) -> Arguments:
    return {"values": {"code": "S001", "name": "华东五金"}, "new": False}


@scenario("catalog.save_credit", asks=("sales.view_price",))
def save_credit(world: World) -> Arguments:
    return {"code": "S001", "credit_limit": "5000"}


@scenario("catalog.save_customer_class")
def save_customer_class(world: World) -> Arguments:
    return change(world, "customer-classes", {"code": "XA", "name": "重点客户"}, name="大客户")


@scenario("catalog.save_address", refusal=Invalid)
def save_address(world: World) -> Arguments:
    make_customer(world.company, "C001")
    address = {"partner": "C001", "code": "01", "name": "李强", "address": "苏州市星湖街 1 号"}
    commands.save_address(actor=world.admin, values=address, new=True)
    return {"values": {"partner": "C001", "code": "01", "phone": "139"}, "new": False}


@scenario("catalog.save_sales_price", asks=("sales.view_price",), refusal=Invalid)
def save_sales_price(world: World) -> Arguments:
    price = {"product": "BOLT", "price": "19.90"}
    commands.save_sales_price(actor=world.admin, values=price, new=True)
    return {"values": {**price, "price": "18.90"}, "new": False}


@scenario("catalog.delete_sales_price", asks=("sales.view_price",))
def delete_sales_price(world: World) -> Arguments:
    return {"price_id": commands.save_sales_price(actor=world.admin, values={"product": "BOLT", "price": "19.90"}).id}


@scenario("catalog.save_price", asks=("purchasing.view_price",), refusal=Invalid)
def save_price(world: World) -> Arguments:
    make_price(world.buy.supplier, world.buy.bolt, from_quantity=0)
    return {"values": {"supplier": "S001", "product": "BOLT", "price": "9.50"}, "new": False}


@scenario("catalog.delete_price", asks=("purchasing.view_price",))
def delete_price(world: World) -> Arguments:
    return {"price_id": make_price(world.buy.supplier, world.buy.bolt).pk}


@scenario("catalog.save_warehouse")
def save_warehouse(world: World) -> Arguments:
    return {"values": {"code": "EAST", "name": "东区仓"}, "new": False}


@scenario("catalog.save_bin", refusal=Invalid)
def save_bin(world: World) -> Arguments:
    return {"values": {"warehouse": "EAST", "code": "E-01", "name": "门口"}, "new": False}


@scenario("catalog.add_bins", refusal=Invalid)
def add_bins(world: World) -> Arguments:
    return {"warehouse": "EAST", "pattern": "B-01..B-03"}


@scenario("catalog.save_unit")
def save_unit(world: World) -> Arguments:
    return change(world, "units", {"code": "XU", "name": "捆"}, name="大捆")


@scenario("catalog.save_category")
def save_category(world: World) -> Arguments:
    return change(world, "categories", {"code": "XC", "name": "紧固件"}, name="标准件")


@scenario("catalog.save_currency")
def save_currency(world: World) -> Arguments:
    return change(world, "currencies", {"code": "XTS", "name": "测试币", "rate": "2"}, rate="3")


@scenario("catalog.save_tax")
def save_tax(world: World) -> Arguments:
    return change(world, "taxes", {"code": "XT", "name": "税", "rate": "5"}, rate="6")


@scenario("catalog.set_active", asks=("catalog.save_product",))
def set_active(world: World) -> Arguments:
    return {"resource": "products", "key": {"code": "NUT"}, "active": False}


@scenario("catalog.save_rows", asks=("catalog.save_product",), own="a code that is not there is a new record")
def save_rows(world: World) -> Arguments:
    return {"resource": "products", "rows": [{"code": "BOLT", "name": "六角螺栓", "unit": "PCS"}]}
