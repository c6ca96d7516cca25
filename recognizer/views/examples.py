from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from recognizer.accounts.clients import client_of
from recognizer.accounts.owners import uploading_owner
from recognizer.accounts.throttle import count_uploads
from recognizer.models import Upload
from recognizer.monitoring import events
from recognizer.monitoring.log_filters import route_of
from recognizer.presentation.examples import example_named
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given
from recognizer.views.upload import refused, unavailable


@require_POST
def try_example(request: HttpRequest, name: str) -> HttpResponse:
    """Read one of the example pictures, as if the visitor had given it."""
    example = example_named(name)
    if example is None:
        raise Http404("There is no such example.")
    owner = uploading_owner(request)
    try:
        count_uploads(owner, client_of(request))
        given = Given(example.read(), Upload.Source.FILE, original_name=str(example.title))
        upload = recognize(given, owner)
    except Refusal as refusal:
        return refused(request, refusal)
    except StorageUnavailable:
        return unavailable(request)
    events.upload_taken(upload, route_of(request))
    return redirect(upload)
