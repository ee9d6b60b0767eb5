"""The product's addresses with the style sheet, which is switched off outside DEBUG."""

from django.urls import include, path

from gendan.config.urls import urlpatterns as product

urlpatterns = [*product, path("", include("gendan.web.kit_urls"))]
