from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from recognizer.api.uploads import answer
from recognizer.views.about import about
from recognizer.views.accounts import (
    change_password,
    delete_account,
    log_in,
    log_out,
    sign_up,
)
from recognizer.views.batch import batch, batch_status
from recognizer.views.batch_changes import (
    cancel_batch,
    close_batch,
    delete_batch,
    rename_batch,
    retry_batch,
)
from recognizer.views.batch_export import export_batch
from recognizer.views.batch_files import batch_files
from recognizer.views.batches import batches
from recognizer.views.checking import checking, checking_next, checking_picture, checking_rule
from recognizer.views.checking_groups import checking_digit, checking_group, checking_groups
from recognizer.views.checking_people import (
    checked_batches,
    checking_people,
    leave_checking,
    remove_checker,
)
from recognizer.views.delete import delete
from recognizer.views.examples import try_example
from recognizer.views.guide import guide
from recognizer.views.health import live, ready
from recognizer.views.history import export_history, history
from recognizer.views.installable_app import manifest, offline, service_worker
from recognizer.views.metrics import metrics
from recognizer.views.new_batch import new_batch
from recognizer.views.occlusion import occlusion, occlusion_picture
from recognizer.views.own_data import delete_my_data, download_my_data, my_data
from recognizer.views.pictures import picture, thumbnail
from recognizer.views.result import check, read_again, result
from recognizer.views.rules import edit_rule, new_rule, remove_rule, rules, try_rule
from recognizer.views.selection import selection
from recognizer.views.upload import upload

app_name = "recognizer"
urlpatterns = [
    path("", upload, name="upload"),
    path("examples/<slug:name>/", try_example, name="example"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("healthz/live", live, name="live"),
    path("healthz/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("about/", about, name="about"),
    # Needs no CSRF token, so that reading pages sets no cookie: another site could do no more than
    # change the language.
    path("language/", csrf_exempt(require_POST(set_language)), name="set_language"),
    path("accounts/sign-up/", sign_up, name="sign_up"),
    path("accounts/log-in/", log_in, name="log_in"),
    path("accounts/log-out/", log_out, name="log_out"),
    path("accounts/change-password/", change_password, name="change_password"),
    path("accounts/delete/", delete_account, name="delete_account"),
    path("guide/", guide, name="guide"),
    path("my-data/", my_data, name="my_data"),
    path("my-data/download", download_my_data, name="download_my_data"),
    path("my-data/delete/", delete_my_data, name="delete_my_data"),
    path("rules/", rules, name="rules"),
    path("rules/new/", new_rule, name="new_rule"),
    path("rules/<int:pk>/", try_rule, name="try_rule"),
    path("rules/<int:pk>/edit/", edit_rule, name="edit_rule"),
    path("rules/<int:pk>/remove/", remove_rule, name="remove_rule"),
    path("batches/<uuid:pk>/export", export_batch, name="batch_export"),
    path("batches/", batches, name="batches"),
    path("batches/new/", new_batch, name="new_batch"),
    path("batches/<uuid:pk>/", batch, name="batch"),
    path("batches/<uuid:pk>/status", batch_status, name="batch_status"),
    path("batches/<uuid:pk>/files/", batch_files, name="batch_files"),
    path("batches/<uuid:pk>/close/", close_batch, name="close_batch"),
    path("batches/<uuid:pk>/cancel/", cancel_batch, name="cancel_batch"),
    path("batches/<uuid:pk>/retry/", retry_batch, name="retry_batch"),
    path("batches/<uuid:pk>/rename/", rename_batch, name="rename_batch"),
    path("batches/<uuid:pk>/delete/", delete_batch, name="delete_batch"),
    path("batches/checking/", checked_batches, name="checked_batches"),
    path("batches/<uuid:pk>/check/", checking, name="checking"),
    path("batches/<uuid:pk>/check/next", checking_next, name="checking_next"),
    path(
        "batches/<uuid:pk>/check/pictures/<int:position>",
        checking_picture,
        name="checking_picture",
    ),
    path(
        "batches/<uuid:pk>/check/pictures/<int:position>/rule",
        checking_rule,
        name="checking_rule",
    ),
    path(
        "batches/<uuid:pk>/check/pictures/<int:position>/digits/<int:place>",
        checking_digit,
        name="checking_digit",
    ),
    path("batches/<uuid:pk>/check/groups/", checking_groups, name="checking_groups"),
    path("batches/<uuid:pk>/check/groups/<int:digit>/", checking_group, name="checking_group"),
    path("batches/<uuid:pk>/check/leave/", leave_checking, name="leave_checking"),
    path("batches/<uuid:pk>/check/people/", checking_people, name="checking_people"),
    path(
        "batches/<uuid:pk>/check/people/<int:person>/remove/",
        remove_checker,
        name="remove_checker",
    ),
    path("uploads/", history, name="history"),
    path("uploads/export", export_history, name="export"),
    path("uploads/selection/", selection, name="selection"),
    path("uploads/<uuid:pk>/", result, name="result"),
    path("uploads/<uuid:pk>/json", answer, name="json"),
    path("uploads/<uuid:pk>/check/", check, name="check"),
    path("uploads/<uuid:pk>/read-again/", read_again, name="read_again"),
    path("uploads/<uuid:pk>/delete/", delete, name="delete"),
    path("uploads/<uuid:pk>/digits/<int:number>/mattered/", occlusion, name="occlusion"),
    path(
        "uploads/<uuid:pk>/digits/<int:number>/mattered.png",
        occlusion_picture,
        name="occlusion_picture",
    ),
    path("uploads/<uuid:pk>/picture", picture, name="picture"),
    path("uploads/<uuid:pk>/thumbnail", thumbnail, name="thumbnail"),
]
