from guide.scenes import SCENES
from recognizer.presentation import guide_video


def test_every_scene_that_is_told_is_played_in_its_order() -> None:
    assert list(SCENES) == [scene.name for scene in guide_video.SCENES]
