"""A site as it is often written: an ImageField decides, and what was sent is kept as it is."""

from uuid import uuid4

from django import forms
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.utils import timezone

from recognizer.models import Upload, stored_name


class NaiveForm(forms.Form):
    picture = forms.ImageField()


def naive_upload(request: HttpRequest) -> HttpResponse:
    form = NaiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return HttpResponse(status=400)
    picture = form.cleaned_data["picture"]
    visitor = uuid4()
    request.session["visitor"] = str(visitor)
    upload = Upload(
        visitor=visitor,
        original_name=picture.name,
        width=picture.image.width,
        height=picture.image.height,
        byte_size=picture.size,
        stored=timezone.now(),
    )
    upload.file.name = stored_name(upload, "jpg" if picture.name.endswith("jpg") else "png")
    default_storage.save(str(upload.file.name), picture)
    upload.save()
    return redirect(upload)


urlpatterns = [
    path("", naive_upload, name="naive_upload"),
    path("", include("recognizer.urls")),
]
