"""Which parts follow the changes on which page; a page that is not named gets those of the Floor."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from controller.web.alarms.pages import alarm_parts
from controller.web.andon.pages import andon_parts
from controller.web.changes import Look, floor_parts
from controller.web.doubt_pages import doubt_parts

Page: TypeAlias = Literal["", "alarms", "doubts", "andon"]
LOOKS: Mapping[Page, Look] = {
    "": floor_parts,
    "alarms": alarm_parts,
    "doubts": doubt_parts,
    "andon": andon_parts,
}
