from django.conf import settings
from django.contrib import admin
from django.urls import include, path

handler400 = "recognizer.views.bad_request.bad_request"
handler500 = "recognizer.views.server_error.server_error"

urlpatterns = [
    path(f"{settings.SITE_PATH}{settings.ADMIN_PATH}", admin.site.urls),
    path(settings.SITE_PATH, include("recognizer.urls")),
]
