"""How is each peer asked where a template is? By its public functions, with its own defaults.

Runs in the peer's environment, not in ours. A finder gets a template, once, and gives a function
that searches a frame: (h, w, 3) BGR in, the corner found or `None` out. What a peer does once per
template is not part of its time, unless its interface does it at each call.
"""

# ruff: noqa: ANN401  the peers have no types

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

Place = tuple[int, int] | None
Search = Callable[[Any], Place]
#: Takes the template (side, side, 3) BGR and the file that holds it.
Finder = Callable[[Any, Path], Search]

THRESHOLD = 0.9


def plain_grey() -> Finder:
    """Plain OpenCV, grey: what everybody writes first, and what all others are compared to."""

    def finder(template: Any, _path: Path) -> Search:
        grey = cv2.cvtColor(template, cv2.COLOR_BGR2GRAY)

        def search(frame: Any) -> Place:
            seen = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
            scores = cv2.matchTemplate(seen, grey, cv2.TM_CCOEFF_NORMED)
            _, score, _, place = cv2.minMaxLoc(scores)
            return place if score >= THRESHOLD else None

        return search

    return finder


def plain_color() -> Finder:
    """Plain OpenCV on three channels."""

    def finder(template: Any, _path: Path) -> Search:
        def search(frame: Any) -> Place:
            scores = cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED)
            _, score, _, place = cv2.minMaxLoc(scores)
            return place if score >= THRESHOLD else None

        return search

    return finder


def pyautogui(*, grayscale: bool) -> Finder:
    """`pyautogui.locate`, which is pyscreeze's; importing pyautogui itself needs a display."""
    import pyscreeze

    def finder(template: Any, _path: Path) -> Search:
        def search(frame: Any) -> Place:
            try:
                box = pyscreeze.locate(template, frame, confidence=THRESHOLD, grayscale=grayscale)
            except pyscreeze.ImageNotFoundException:
                return None
            return (int(box.left), int(box.top)) if box else None

        return search

    return finder


def template_matching() -> Finder:
    """Multi-Template-Matching, for one object; it then ignores the threshold, as it says."""
    import MTM

    def finder(template: Any, _path: Path) -> Search:
        def search(frame: Any) -> Place:
            hits = MTM.matchTemplates(
                [("it", template)], frame, N_object=1, score_threshold=THRESHOLD
            )
            rows = hits.to_dict("records") if hasattr(hits, "to_dict") else hits
            if not rows:
                return None
            box = rows[0]["BBox"] if isinstance(rows[0], dict) else rows[0][1]
            return int(box[0]), int(box[1])

        return search

    return finder


def airtest(*methods: str) -> Finder:
    """`Template.match_in` of airtest by these methods; its threshold is 0.7."""
    import logging

    from airtest.core import cv as airtest_cv
    from airtest.core.settings import Settings

    logging.getLogger("airtest").setLevel(logging.ERROR)
    if methods:
        Settings.CVSTRATEGY = list(methods)

    def finder(template: Any, path: Path) -> Search:
        side = template.shape[0]

        def search(frame: Any) -> Place:
            size = (frame.shape[1], frame.shape[0])
            middle = airtest_cv.Template(str(path), resolution=size).match_in(frame)
            return (round(middle[0] - side / 2), round(middle[1] - side / 2)) if middle else None

        return search

    return finder


def guibot(kind: str) -> Finder:
    """A finder of guibot with the settings it comes with."""
    import logging

    from guibot import finder as guibot_finder
    from guibot.target import Image
    from PIL import Image as Pillow

    logging.getLogger("guibot").setLevel(logging.ERROR)

    def picture(pixels: Any) -> Any:
        return Image(pil_image=Pillow.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)))

    def finder(template: Any, _path: Path) -> Search:
        made = getattr(guibot_finder, kind)()
        needle = picture(template)

        def search(frame: Any) -> Place:
            found = made.find(needle, picture(frame))
            return (int(found[0].x), int(found[0].y)) if found else None

        return search

    return finder


def maafw(kind: str) -> Finder:
    """MaaFramework's own recognition, on a frame that is handed to it at its size."""
    import maa_seat

    tasker, resource = maa_seat.seat()

    def finder(template: Any, path: Path) -> Search:
        resource.override_image(path.name, template)
        wanted = maa_seat.wanted(kind, path.name, THRESHOLD)

        def search(frame: Any) -> Place:
            detail = tasker.post_recognition(kind, wanted, frame).wait().get()
            seen = detail.nodes[0].recognition if detail and detail.nodes else None
            box = seen.box if seen and seen.hit else None
            return (int(box[0]), int(box[1])) if box else None

        return search

    return finder


def ok_script() -> Finder:
    """`FeatureSet.find_feature` of ok-script over the whole frame, its other parts left out."""
    import logging

    from ok.feature.FeatureSet import FeatureSet

    logging.disable(logging.INFO)  # it writes a line at each search

    made = FeatureSet.__new__(FeatureSet)  # what its constructor opens exists on Windows only
    made.debug = False
    made.check_size = lambda _frame: True
    made.default_threshold = THRESHOLD
    made.default_horizontal_variance = made.default_vertical_variance = 0
    made.feature_dict = {}

    def finder(template: Any, _path: Path) -> Search:
        def search(frame: Any) -> Place:
            found = made.find_feature(frame, "it", threshold=THRESHOLD, template=template)
            return (int(found[0].x), int(found[0].y)) if found else None

        return search

    return finder


#: Every way to ask, by the name that the parent calls it.
FINDERS: dict[str, Callable[[], Finder]] = {
    "cv2-grey": plain_grey,
    "cv2-bgr": plain_color,
    "pyautogui-bgr": lambda: pyautogui(grayscale=False),
    "pyautogui-grey": lambda: pyautogui(grayscale=True),
    "mtm": template_matching,
    "airtest": airtest,
    "airtest-tpl": lambda: airtest("tpl"),
    "airtest-mstpl": lambda: airtest("mstpl"),
    "airtest-sift": lambda: airtest("sift"),
    "airtest-brisk": lambda: airtest("brisk"),
    "guibot-template": lambda: guibot("TemplateFinder"),
    "guibot-feature": lambda: guibot("FeatureFinder"),
    "maafw-template": lambda: maafw("TemplateMatch"),
    "maafw-feature": lambda: maafw("FeatureMatch"),
    "ok-script": ok_script,
}
