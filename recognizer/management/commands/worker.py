from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from mlmodel.artifact.card import ModelError
from recognizer.batches.serving import wake
from recognizer.jobs.cluster import Cluster
from recognizer.jobs.schedules import keep_upkeep_scheduled
from recognizer.management.database_errors import end_on_database_error
from recognizer.model_versions import active_model

# A job may wait longer than a person, but not for ever.
SESSION_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
}


class Command(BaseCommand):
    help = (
        "Reads the pictures of batches, and does the hourly upkeep, until it is stopped. "
        "`make run` starts it beside the web server; start it yourself where the server is started "
        "otherwise, on as many machines as you like: all take from one queue, in the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers",
            type=int,
            default=settings.WORKERS or 1,
            help="processes that work at once (%(default)s; the setting WORKERS)",
        )

    def handle(self, *, workers: int, **_options: Any) -> None:
        options = connection.settings_dict.setdefault("OPTIONS", {})
        options["session_settings"] = SESSION_SETTINGS
        connection.close()
        with end_on_database_error():
            keep_upkeep_scheduled(settings.UPKEEP_EVERY_MINUTES)
            # Loaded before the workers are forked: each reads at once, and they share its memory.
            with suppress(ModelError):
                active_model.model()
        self.stdout.write(f"{workers} workers wait for jobs.")
        Cluster(max(workers, 1), wake).run()
