"""The purchase chain: requisition → order → promise → shipment → receipt."""

from gendan.purchasing.models.incoming import Incoming
from gendan.purchasing.models.order import OrderLine, Promise, PurchaseOrder
from gendan.purchasing.models.receipt import GoodsReceipt, ReceiptLine
from gendan.purchasing.models.requisition import Requisition, RequisitionAllocation, RequisitionLine
from gendan.purchasing.models.returned import PurchaseReturn, PurchaseReturnLine, RejectAction
from gendan.purchasing.models.shipment import Shipment, ShipmentLine
from gendan.purchasing.models.supplier_link import AnswerPolicy, ParcelContent, Sending, ShipmentParcel, SupplierLink

__all__ = [
    "AnswerPolicy",
    "GoodsReceipt",
    "Incoming",
    "OrderLine",
    "ParcelContent",
    "Promise",
    "PurchaseOrder",
    "PurchaseReturn",
    "PurchaseReturnLine",
    "ReceiptLine",
    "RejectAction",
    "Requisition",
    "RequisitionAllocation",
    "RequisitionLine",
    "Sending",
    "Shipment",
    "ShipmentLine",
    "ShipmentParcel",
    "SupplierLink",
]
