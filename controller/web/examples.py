"""An example body for every changing route of the API, as its description shows it."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, object] = {
    "POST /api/clock": {"speed": 60},
}
