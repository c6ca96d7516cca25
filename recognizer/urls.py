from django.urls import URLPattern

app_name = "recognizer"
urlpatterns: list[URLPattern] = []
