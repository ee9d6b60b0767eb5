"""Addresses of jobs, comments, attachments and notices."""

from django.urls import path

from gendan.kernel import views
from gendan.kernel.audit import views as audit

app_name = "kernel"
urlpatterns = [
    path("jobs/", views.job_list, name="job_list"),
    path("jobs/<int:job_id>", views.job, name="job"),
    path("jobs/<int:job_id>/cancel", views.cancel_job, name="cancel_job"),
    path("jobs/<int:job_id>/file", views.job_file, name="job_file"),
    path("print/<str:name>", views.print_page, name="print"),
    path("print/<str:name>/pdf", views.print_file, name="print_file"),
    path("audit", audit.audit, name="audit"),
    path("notices/read", views.read_notices, name="read_notices"),
    path("timeline/<str:kind>/<path:number>", views.timeline, name="timeline"),
    path("comments/<str:kind>/<path:number>", views.add_comment, name="add_comment"),
    path("attachments/<int:attachment_id>", views.attachment, name="attachment"),
    path("attachments/<int:attachment_id>/remove", views.remove_attachment, name="remove_attachment"),
    path("attachments/<str:kind>/<path:number>", views.attach_file, name="attach_file"),
]
