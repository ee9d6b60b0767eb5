"""The purchase chain: requisition → order → promise → shipment → receipt."""

from gendan.purchasing.models.incoming import Incoming
from gendan.purchasing.models.order import OrderLine, Promise, PurchaseOrder
from gendan.purchasing.models.receipt import GoodsReceipt, ReceiptLine
from gendan.purchasing.models.requisition import Requisition, RequisitionAllocation, RequisitionLine
from gendan.purchasing.models.shipment import Shipment, ShipmentLine

__all__ = [
    "GoodsReceipt",
    "Incoming",
    "OrderLine",
    "Promise",
    "PurchaseOrder",
    "ReceiptLine",
    "Requisition",
    "RequisitionAllocation",
    "RequisitionLine",
    "Shipment",
    "ShipmentLine",
]
