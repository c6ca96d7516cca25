import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from digitrec import settings as deployed

# However an import is written, and whether or not Django's pattern knows that way.
IMPORTED = re.compile(r"""^\s*(?:import|export)\b[^;"']*["']([^"']+\.js)["']""", re.MULTILINE)
CHECKSUM = r"[.][0-9a-f]{12}[.]js"


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """Our scripts, as they are deployed."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": deployed.STORAGES["staticfiles"]}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static" / "js"


def test_modules_import_each_other_by_names_with_a_checksum(collected: Path) -> None:
    scripts = [path for path in collected.rglob("*.js") if re.search(CHECKSUM, path.name)]
    imports = [
        (script.parent / name).resolve()
        for script in scripts
        for name in IMPORTED.findall(script.read_text(encoding="utf-8"))
    ]
    assert len(imports) >= 12
    assert [path for path in imports if not re.search(CHECKSUM, path.name)] == []
    assert all(path.is_file() for path in imports)


def test_a_module_changes_its_name_with_what_it_imports(
    settings: Settings, tmp_path: Path, collected: Path
) -> None:
    """Or a browser would go on with an entry that imports what is not there any more."""
    before = {path.name for path in (collected / "pages").glob("*.js")}
    source = tmp_path / "source"
    (source / "js").mkdir(parents=True)
    (source / "js" / "theme.js").write_text("export function offerThemes() {}\n", encoding="utf-8")
    settings.STATICFILES_DIRS = [source, *settings.STATICFILES_DIRS]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    new = {path.name for path in (collected / "pages").glob("*.js")} - before
    pages = (deployed.BASE_DIR / "static" / "js" / "pages").glob("*.js")
    assert {name.partition(".")[0] for name in new} == {page.stem for page in pages}
