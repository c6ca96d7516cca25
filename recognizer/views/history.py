from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recognizer.filters import HistoryFilter
from recognizer.models import Upload
from recognizer.owners import owner_of

PAGE_SIZE = 24  # Fills rows of two, three, four and six.


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    own = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    narrowed = HistoryFilter(request.GET, queryset=own)
    is_narrowed = any(request.GET.get(name) for name in narrowed.filters)
    page = Paginator(narrowed.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": narrowed, "page": page, "is_narrowed": is_narrowed}
    return render(request, "recognizer/history.html", context)
