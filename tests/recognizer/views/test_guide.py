from django.conf import settings
from django.test import Client

from recognizer.presentation.guide_video import SCENES


def test_it_offers_the_video_captions_and_transcript(client: Client) -> None:
    page = client.get("/guide/").content.decode()
    assert page.count("<source ") == 2
    assert page.count("<track ") == len(settings.LANGUAGES)
    for scene in SCENES:
        assert scene.sentence in page


def test_the_video_does_not_load_or_play_by_itself(client: Client) -> None:
    page = client.get("/guide/").content.decode()
    assert 'preload="none"' in page
    assert "autoplay" not in page
