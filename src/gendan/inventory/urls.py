"""Addresses of stock and its documents; a document's address ends in its number."""

from django.urls import path

from gendan.inventory.views import adjustments, counts, stock, transfers

app_name = "inventory"
urlpatterns = [
    path("stock", stock.stock_list, name="stock_list"),
    path("stock/moves", stock.move_list, name="move_list"),
    path("stock/product/<path:code>", stock.stock_detail, name="stock_detail"),
    path("tr", transfers.transfer_list, name="transfer_list"),
    path("tr/new", transfers.transfer_new, name="transfer_new"),
    path("tr/<str:number>", transfers.transfer_detail, name="transfer"),
    path("tr/<str:number>", transfers.transfer_detail, name="transfer_detail"),
    path("tr/<str:number>/edit", transfers.transfer_edit, name="transfer_edit"),
    path("tr/<str:number>/post", transfers.transfer_verb, {"verb": "post"}, name="transfer_post"),
    path("tr/<str:number>/receive", transfers.transfer_verb, {"verb": "receive"}, name="transfer_receive"),
    path("tr/<str:number>/recall", transfers.transfer_verb, {"verb": "recall"}, name="transfer_recall"),
    path("tr/<str:number>/copy", transfers.transfer_verb, {"verb": "copy"}, name="transfer_copy"),
    path("tr/<str:number>/cancel", transfers.transfer_verb, {"verb": "cancel"}, name="transfer_cancel"),
    path("aj", adjustments.adjustment_list, name="adjustment_list"),
    path("aj/new", adjustments.adjustment_new, name="adjustment_new"),
    path("aj/<str:number>", adjustments.adjustment_detail, name="adjustment"),
    path("aj/<str:number>", adjustments.adjustment_detail, name="adjustment_detail"),
    path("aj/<str:number>/edit", adjustments.adjustment_edit, name="adjustment_edit"),
    path("aj/<str:number>/post", adjustments.adjustment_verb, {"verb": "post"}, name="adjustment_post"),
    path("aj/<str:number>/reverse", adjustments.adjustment_verb, {"verb": "reverse"}, name="adjustment_reverse"),
    path("aj/<str:number>/copy", adjustments.adjustment_verb, {"verb": "copy"}, name="adjustment_copy"),
    path("aj/<str:number>/cancel", adjustments.adjustment_verb, {"verb": "cancel"}, name="adjustment_cancel"),
    path("sc", counts.count_list, name="count_list"),
    path("sc/new", counts.count_new, name="count_new"),
    path("sc/<str:number>", counts.count_detail, name="count"),
    path("sc/<str:number>", counts.count_detail, name="count_detail"),
    path("sc/<str:number>/edit", counts.count_edit, name="count_edit"),
    path("sc/<str:number>/counting", counts.counting, name="counting"),
    path("sc/<str:number>/scan", counts.count_scan, name="count_scan"),
    path("sc/<str:number>/enter", counts.count_enter, name="count_enter"),
    path("sc/<str:number>/undo/<int:entry>", counts.count_undo, name="count_undo"),
    path("sc/<str:number>/start", counts.count_verb, {"verb": "start"}, name="count_start"),
    path("sc/<str:number>/finish", counts.count_verb, {"verb": "finish"}, name="count_finish"),
    path("sc/<str:number>/recount", counts.count_verb, {"verb": "recount"}, name="count_recount"),
    path("sc/<str:number>/post", counts.count_verb, {"verb": "post"}, name="count_post"),
    path("sc/<str:number>/copy", counts.count_verb, {"verb": "copy"}, name="count_copy"),
    path("sc/<str:number>/cancel", counts.count_verb, {"verb": "cancel"}, name="count_cancel"),
]
