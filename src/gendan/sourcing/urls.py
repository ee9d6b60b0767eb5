"""Addresses of inquiries."""

from django.urls import path

from gendan.sourcing.views import answers, compare, contracts, form, inquiries, papers, settings

app_name = "sourcing"
urlpatterns = [
    path("supplier-papers/", papers.paper_list, name="paper_list"),
    path("supplier-papers/new", papers.paper_new, name="paper_new"),
    path("supplier-papers/<int:paper_id>", papers.paper_edit, name="paper_edit"),
    path("supplier-papers/<int:paper_id>/remove", papers.paper_remove, name="paper_remove"),
    path("supplier-papers/<int:paper_id>/file", papers.paper_file, name="paper_file"),
    path("contracts/", contracts.contract_list, name="contract_list"),
    path("contracts/new", contracts.contract_new, name="contract_new"),
    path("contracts/<str:number>", contracts.contract_page, name="contract_detail"),
    path("contracts/<str:number>/edit", contracts.contract_edit, name="contract_edit"),
    path("contracts/<str:number>/do/<str:verb>", contracts.contract_verb, name="contract_verb"),
    path("contracts/<str:number>/signed/<int:signature>", contracts.signed_file, name="signed_file"),
    path("rfq/", inquiries.inquiry_list, name="inquiry_list"),
    path("rfq/new", form.inquiry_new, name="inquiry_new"),
    path("rfq/from-requisitions", form.from_requisitions, name="from_requisitions"),
    path("rfq/settings", settings.settings, name="settings"),
    path("rfq/<str:number>", inquiries.inquiry_page, name="inquiry_detail"),
    path("rfq/<str:number>/edit", form.inquiry_edit, name="inquiry_edit"),
    path("rfq/<str:number>/do/<str:verb>", inquiries.inquiry_verb, name="inquiry_verb"),
    path("rfq/<str:number>/compare", compare.compare, name="compare"),
    path("rfq/<str:number>/award", compare.award, name="award"),
    path("rfq/<str:number>/sheet", answers.sheet, name="sheet"),
    path("rfq/<str:number>/suppliers/<str:supplier>/link", answers.link, name="link"),
    path("rfq/<str:number>/suppliers/<str:supplier>/answer", answers.enter, name="answer"),
    path("rfq/<str:number>/suppliers/<str:supplier>/answers", answers.history, name="answers"),
    path("rfq/<str:number>/suppliers/<str:supplier>/files/<int:file_id>", answers.file, name="answer_file"),
]
