"""Django's sentences on these pages that lack some language: named here to be translated.

A project's catalogs win over Django's own, so nothing needs to import this.
"""

# ruff: noqa: RUF001 - the apostrophes are Django's
from django.utils.translation import gettext_noop, ngettext_lazy

gettext_noop("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.")
gettext_noop(
    "Enter a valid username. This value may contain only letters, "
    "numbers, and @/./+/-/_ characters."
)
gettext_noop("Enter the same password as before, for verification.")
gettext_noop("The two password fields didn’t match.")
gettext_noop("The password is too similar to the %(verbose_name)s.")
gettext_noop("Your password can’t be too similar to your other personal information.")
gettext_noop("This password is too common.")
gettext_noop("Your password can’t be a commonly used password.")
gettext_noop("This password is entirely numeric.")
gettext_noop("Your password can’t be entirely numeric.")
gettext_noop("Null characters are not allowed.")
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
ngettext_lazy(
    "Your password must contain at least %(min_length)d character.",
    "Your password must contain at least %(min_length)d characters.",
)
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
)
