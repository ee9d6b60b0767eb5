"""Addresses of settlement. A document's address is its number."""

from django.urls import URLPattern, path

from gendan.settlement.views import accounts, bill_form, bills, payments, settings

app_name = "settlement"
urlpatterns: list[URLPattern] = [
    path("bills/", bills.list_page, name="bill_list"),
    path("bills/new", bill_form.bill_new, name="bill_new"),
    path("bills/totals", bill_form.bill_totals, name="bill_totals"),
    path("bills/<str:number>", bills.detail_page, name="bill_detail"),
    path("bills/<str:number>/edit", bill_form.bill_edit, name="bill_edit"),
    path("bills/<str:number>/do/<str:verb>", bills.bill_verb, name="bill_verb"),
    path("bills/<str:number>/credit/<str:returned>", bills.bill_credit, name="bill_credit"),
    path("payments/", payments.list_page, name="payment_list"),
    path("payments/new/<str:direction>", payments.payment_new, name="payment_new"),
    path("payments/<str:number>", payments.detail_page, name="payment_detail"),
    path("payments/<str:number>/do/<str:verb>", payments.payment_verb, name="payment_verb"),
    path("bank-accounts/", accounts.accounts_page, name="accounts"),
    path("bank-accounts/<int:account_id>/remove", accounts.account_remove, name="account_remove"),
    path("settings/settlement", settings.settings_page, name="settings"),
]
