"""A good picture under names that would do harm where a name is trusted."""

from tests.hostile.case import NO_FILE, Case, taken
from tests.hostile.pictures import PNG, TEXT

NAMES = (
    "../../etc/cron.d/x.png",
    "..\\..\\win.ini.png",
    "/etc/passwd",
    "a\x00.php.png",
    "x.php.png",
    "a" * 300 + ".png",
    "пример-数字-😀.png",
    "\u202egnp.exe.png",  # shown from right to left: exe.png
    "<script>alert(1)</script>.png",
    'a"\r\nSet-Cookie: x=1\r\n.png',
    "CON.png",
    ".htaccess",
    "",
    "   .png",
    "noext",
    "a.PNG",
    "a.png.",
    "=cmd|' /C calc'!A0.png",
    "%2e%2e%2fx.png",
    "'; DROP TABLE uploads;--.png",
)


def cases() -> list[Case]:
    return [
        Case(
            f"the name {name[:30]!a}",
            name,
            "image/png",
            PNG,
            taken(text=TEXT) if name else NO_FILE,
        )
        for name in NAMES
    ]
