"""Normal forms of Fireworks."""

from __future__ import annotations

from typing import Any

from tests.normal import shortest
from tests.normal.pictures import bare

Json = Any
FORMS = frozenset({"fireworks/image-to-image", "fireworks/control-net"})
NUMBERS = ("width", "height", "cfg_scale", "steps", "samples", "seed", "image_strength")


def request(name: str, native: Json) -> None:
    """
    Leave the transport's accept out where it chooses nothing (fireworks dossier 1: it does on the other routes).

    Kontext takes bare base64 and data URIs (3.6): bare is the normal form. In the forms numbers are
    short, and IMAGE_STRENGTH is the mode that nobody named (3.2).
    """
    body = native["body"]
    if name == "fireworks/kontext":
        native["headers"].pop("accept", None)
        if isinstance(body.get("input_image"), str):
            body["input_image"] = bare(body["input_image"])
    if name not in FORMS:
        return
    numbers = [*NUMBERS]
    if name == "fireworks/image-to-image":
        body.setdefault("init_image_mode", "IMAGE_STRENGTH")
        if body["init_image_mode"] == "STEP_SCHEDULE":
            numbers.append("step_schedule_start")  # it is the strength then (4); else it is carried as it is
    for key in numbers:
        if isinstance(body.get(key), str):
            body[key] = shortest(body[key])
