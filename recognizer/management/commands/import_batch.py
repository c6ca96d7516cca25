"""Make a batch of files that are on the server."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from recognizer.batches.giving import BatchFull, Wanted, close, give, open_batch, reopen
from recognizer.management import batch_progress
from recognizer.management.batch_files import IN_STORAGE, BatchFile, BatchFiles, NoSuchFiles
from recognizer.management.commands.backup import days
from recognizer.management.database_errors import end_on_database_error
from recognizer.models import Batch, BatchItem, Owner, SavedRule
from recognizer.refusals import Refusal
from recognizer.storage.bucket import BucketUnavailable
from recognizer.storage.disk import FolderReplaced
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.storing import KeyReused

AGAIN = "Repeat the same command to go on."
MAX_NAME_LENGTH = Batch._meta.get_field("name").max_length or 0  # noqa: SLF001 - public
OTHER_CONTENT = "This file has changed since it was given to the batch, which holds it as it was."

# A file's name, and why it can't be used.
Refused = tuple[str, str]


class Command(BaseCommand):
    help = (
        "Makes a batch of a folder on this server with all that is below it, of one file, or of a "
        f"folder in the storage that the settings name, as in {IN_STORAGE}scans/may/. If it is cut "
        "off, the same command goes on: a batch of the same user and name takes each file once. "
        "Ends with 1 where a file could not be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", metavar="PATH")
        parser.add_argument("--user", required=True, metavar="NAME", help="whose batch it is")
        parser.add_argument("--name", help="the batch's name (default: that of PATH)")
        parser.add_argument("--rule", metavar="NAME", help="one of the user's field rules")
        parser.add_argument(
            "--one-wrong-in",
            type=int,
            choices=Batch.OneWrongIn.values,
            default=Batch.OneWrongIn.HUNDRED,
            help="the tolerated error (default: one wrong text in %(default)s)",
        )
        parser.add_argument(
            "--skip-identical", action="store_true", help="leave out files that it holds already"
        )
        parser.add_argument(
            "--keep-days", type=days, metavar="N", help="delete the batch after so many days"
        )
        parser.add_argument(
            "--wait", action="store_true", help="stay until workers have read all pictures"
        )

    def handle(self, *, place: str, wait: bool, **options: Any) -> None:
        files = BatchFiles()
        try:
            with end_on_database_error():
                self._import(files.at(place), _wanted(place, options), options, wait=wait)
        except NoSuchFiles as error:
            raise CommandError(str(error)) from error
        except Batch.DoesNotExist:
            raise CommandError("The batch was deleted meanwhile.") from None
        except StorageUnavailable as error:
            raise CommandError(f"The storage can't be used: {error.__cause__}. {AGAIN}") from error
        except OSError as error:
            raise CommandError(f"The storage can't be used: {error}. {AGAIN}") from error
        except KeyboardInterrupt:
            raise CommandError(f"Interrupted. {AGAIN}", returncode=130) from None
        finally:
            self._say(files.sentence())

    def _import(
        self, files: list[BatchFile], wanted: Wanted, options: dict[str, Any], *, wait: bool
    ) -> None:
        batch = _batch(_user(options["user"]), wanted)
        table = reverse("recognizer:batch_export", args=[batch.pk])
        self.stdout.write(f"Batch {batch.pk} ({batch.name}). Its table will be at {table}.")
        refused = _give_all(batch, files)
        self.stdout.write(f"{len(files) - len(refused)} of {len(files)} files were taken.")
        if wait:
            standing = batch_progress.follow(batch, self._say)
            self.stdout.write(_summary(batch, standing))
            refused += _refused_by_workers(batch)
        for name, why in refused:
            self._say(f"{name!r}: {why}")
        if refused:
            raise CommandError(f"{len(refused)} files or pictures could not be used.")

    def _say(self, sentence: str) -> None:
        if sentence:
            self.stderr.write(sentence)


def _user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no user {username!r}.")
    return user


def _wanted(place: str, options: dict[str, Any]) -> Wanted:
    name = options["name"] or Path(place.removeprefix(IN_STORAGE)).absolute().name
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise CommandError(f"Give the batch a --name of 1 to {MAX_NAME_LENGTH} characters.")
    return Wanted(
        name=name,
        rule=_rule(_user(options["user"]), options["rule"]),
        one_wrong_in=options["one_wrong_in"],
        skip_identical=options["skip_identical"],
        keep_days=options["keep_days"] or None,
        key=f"import {hashlib.sha256(name.encode()).hexdigest()}",
    )


def _rule(user: User, name: str | None) -> SavedRule | None:
    if not name:
        return None
    own = SavedRule.objects.visible_to(Owner(user=user))
    rule = own.filter(name=name).first()
    if rule is None:
        names = ", ".join(each.name for each in own) or "none"
        raise CommandError(f"{user.username} has no field rule {name!r}. There are: {names}.")
    return rule


def _batch(user: User, wanted: Wanted) -> Batch:
    """The batch of this name, as it is wanted: a new one, or one that an earlier run made."""
    batch = open_batch(user, wanted)
    differing = [
        field
        for field in ("rule", "one_wrong_in", "skip_identical", "keep_days")
        if getattr(batch, field) != getattr(wanted, field)
    ]
    if differing:
        raise CommandError(
            f"{user.username} has a batch {wanted.name!r} already, with another "
            f"{', '.join(differing)}: give this one another --name."
        )
    return batch


def _give_all(batch: Batch, files: list[BatchFile]) -> list[Refused]:
    """Give what the batch does not hold yet, and then no more; returns what was refused."""
    held = set(batch.sources.filter(stored__isnull=False).values_list("key", flat=True))
    if any(file.key not in held for file in files):
        reopen(batch)
    refused: list[Refused] = []
    for number, file in enumerate(batch_progress.tracked(files, "giving")):
        try:
            with file.open() as content:
                give(batch, content, file.name, file.key)
        except BatchFull as refusal:
            refused += [(each.name, str(refusal)) for each in files[number:]]
            break
        except KeyReused:
            refused.append((file.name, OTHER_CONTENT))
        except Refusal as refusal:
            refused.append((file.name, str(refusal)))
        except (FolderReplaced, BucketUnavailable):
            raise
        except OSError as error:
            refused.append((file.name, error.strerror or str(error)))
    close(batch)
    return refused


def _summary(batch: Batch, standing: batch_progress.Standing) -> str:
    end = "was cancelled" if batch.cancelled else "is finished"
    return (
        f"The batch {end}: {standing.done} done, {standing.doubtful} of them doubtful, "
        f"{standing.failed} failed."
    )


def _refused_by_workers(batch: Batch) -> list[Refused]:
    columns = ("name", "refusal", "code")
    states = (BatchItem.State.REFUSED, BatchItem.State.FAILED)
    sources = batch.sources.exclude(code="").order_by("number").values_list(*columns)
    items = batch.items.filter(state__in=states).order_by("position").values_list(*columns)
    return [(name, why or code) for name, why, code in (*sources, *items)]
