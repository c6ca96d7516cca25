from django.conf import settings
from django.contrib import admin
from django.urls import include, path

handler500 = "recognizer.views.errors.server_error"

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("recognizer.urls")),
]
