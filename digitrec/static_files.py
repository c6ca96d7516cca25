"""Static files under names with a checksum, so that browsers may store them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Writes the names with a checksum into the imports of JavaScript modules, too.

    An import has to stand alone, end with a semicolon, and name a path that begins with a dot;
    modules that import each other in a circle have no names, and collecting them fails.
    """

    # Django leaves it off by default, because it rewrites anything that looks like an import.
    support_js_module_import_aggregation = True
