from recognizer.batches.sources.member import Member
from recognizer.batches.sources.refusals import MemberDamaged, PageDamaged
from tests.recognizer.batches.sources.files import numbered, put, taken_apart, tiff_of, tiff_tags


def test_a_member_is_a_picture_or_a_refusal() -> None:
    refusal = MemberDamaged()
    assert Member.of(3, "1.png", b"picture", 9) == Member(3, "1.png", b"picture", None, 9)
    assert Member.of(3, "1.png", refusal, 9) == Member(3, "1.png", b"", refusal, 9)


def test_a_refusal_holds_on_to_nothing_that_was_decoded() -> None:
    tiff = tiff_of(*numbered(1), compression="tiff_adobe_deflate")
    place = int.from_bytes(tiff[tiff_tags(tiff)[273] + 8 :][:4], "little")
    (member,) = taken_apart(put(tiff, place + 10, 2**32 - 1))
    assert isinstance(member.refusal, PageDamaged)
    assert member.refusal.__traceback__ is None
    assert member.refusal.__context__ is None
