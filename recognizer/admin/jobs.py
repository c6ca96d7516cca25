"""The list of jobs that failed, in place of what django-q2 would show.

Its own pages let staff schedule any function of any module, which is to run any program on the
server. Of what they show, an operator needs the failures alone: jobs that wait are counted in
/metrics, and the upkeep's schedule is a setting.
"""

from django.contrib import admin
from django_q import admin as pages_of_django_q
from django_q.models import Failure

from recognizer.admin.columns import KeptAsItIs, SurvivesOddLookups
from recognizer.admin.estimates import EstimatingPaginator

for model in [*admin.site._registry]:  # noqa: SLF001 - there is no other way to list them
    if type(admin.site._registry[model]).__module__ == pages_of_django_q.__name__:  # noqa: SLF001
        admin.site.unregister(model)


@admin.register(Failure)
class FailedJobAdmin(KeptAsItIs, SurvivesOddLookups, admin.ModelAdmin):
    """Jobs that ended with an error; they were tried again. Delete what you have dealt with."""

    list_display = ("started", "func", "attempt_count", "short_result")
    list_filter = ("func", "started")
    fields = ("func", "started", "stopped", "attempt_count", "result")
    ordering = ("-started",)
    show_full_result_count = False
    paginator = EstimatingPaginator

    @admin.display(description="why")
    def short_result(self, job: Failure) -> str:
        """The last line of the traceback."""
        return str(job.result).strip().rpartition("\n")[2][:200]
