"""The openly licensed fonts that pictures are written with, and the characters used of each."""

import string
from pathlib import Path

FONTS_DIR = Path(__file__).parent.parent / "fonts"

# Fonts whose digits look as if written with a pen.
DIGIT_FONTS = (
    "annie-use-your-telescope",
    "architects-daughter",
    "caveat",
    "cedarville-cursive",
    "coming-soon",
    "covered-by-your-grace",
    "crafty-girls",
    "dawning-of-a-new-day",
    "delius",
    "edu-tas-beginner",
    "gaegu",
    "give-you-glory",
    "gloria-hallelujah",
    "gochi-hand",
    "grape-nuts",
    "gveret-levin",
    "handlee",
    "hi-melody",
    "homemade-apple",
    "indie-flower",
    "just-another-hand",
    "just-me-again-down-here",
    "kalam",
    "kristi",
    "la-belle-aurore",
    "long-cang",
    "loved-by-the-king",
    "mali",
    "marck-script",
    "nanum-pen-script",
    "neucha",
    "nothing-you-could-do",
    "over-the-rainbow",
    "patrick-hand",
    "playwrite-cz",
    "reenie-beanie",
    "schoolbell",
    "shadows-into-light",
    "short-stack",
    "single-day",
    "solitreo",
    "sriracha",
    "sue-ellen-francisco",
    "swanky-and-moo-moo",
    "the-girl-next-door",
    "vibur",
    "waiting-for-the-sunrise",
    "yomogi",
    "square-peg",
)
# Digits that look like another digit, by font.
LEFT_OUT = {
    "cedarville-cursive": "0",
    "dawning-of-a-new-day": "7",
    "gveret-levin": "7",
    "just-me-again-down-here": "7",
    "kristi": "4",
    "over-the-rainbow": "05",
    "the-girl-next-door": "3",
}
# Latin letters that look like no digit in any hand.
LETTERS = "AEFHKMNRVWXadefhkmnruvwx"
# Letters of these that look like a digit in some fonts, such as a cursive F, which is a crossed 7.
LETTERS_LEFT_OUT = {
    "cedarville-cursive": "r",
    "crafty-girls": "rV",
    "dawning-of-a-new-day": "Fr",
    "homemade-apple": "Fr",
    "la-belle-aurore": "Fr",
    "marck-script": "F",
    "over-the-rainbow": "FX",
    "playwrite-cz": "Fr",
    "vibur": "V",
}
# Letters of other scripts, by font, without those that look like a digit.
LETTER_FONTS = {
    "aref-ruqaa-arabic": "بتثجخسشصضطظعغلنٹپچڠڤکڬگڵڻڽێݢ",
    "dekko-devanagari": "ऄअआऋऌऐकखगघचजझञणतथधनपफबभमयलवशषसॠॡॲॳॴॵॶॷॹॺॻॼॿ",
    "gveret-levin-hebrew": "אגהחכמנקת",
    "mali-thai": "ขฃคฅฆฉชซฌญฎฏฐฑฒณตถทนบปผฝพฟภมยลศษสหฬ",
    "marck-script-cyrillic": "ЂЉЊЋЖИКЛМНПТФХЦШЩЮЯаежиклмнптфхцшщюяђєљњћґ",
    "mynerve-greek": "ΓΔΕΗΚΛΜΝΞΠΡΣΤΥΦΧΨΩαβηκλμνπτυφχψω",
    "nanum-pen-script-hangul": "나내대도드번바보부서선세소수습자작전제조주체카타터트포프",
    "solitreo-hebrew": "בגהחכמעפשת",
    "yomogi-kana": (
        "ぁあおぉかきこさせたとなぬねふまみめもゃやゅゆれゎをォオカキコサシセタッツナニネヒヘホムメャヤレ"
        "ヰ"
    ),
    "zen-kurenaido-greek": "ΓΔΕΗΚΛΜΝΞΠΡΣΤΥΦΧΨΩαβηκλμνπτυφχψω",
}


def font_path(name: str) -> Path:
    """The file of the font with this name."""
    folder = "digits" if name in DIGIT_FONTS else "letters"
    return FONTS_DIR / folder / f"{name}.woff2"


def digits_of(name: str) -> str:
    """The digits of a font that look like no other digit, as a string in order."""
    return "".join(sorted(set(string.digits) - set(LEFT_OUT.get(name, ""))))


def letters_of(name: str) -> str:
    """The Latin letters of a font that look like no digit, as a string in order."""
    return "".join(sorted(set(LETTERS) - set(LETTERS_LEFT_OUT.get(name, ""))))
