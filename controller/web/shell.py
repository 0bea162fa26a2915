"""What every page with a rail and a bar shows, and the answer that carries a page."""

from fastapi.responses import HTMLResponse

from controller.web.site import Site, View
from controller.web.times import utc_text


def html(words: str, status: int = 200) -> HTMLResponse:
    """Answer with a page or a fragment, which nobody keeps."""
    return HTMLResponse(words, status_code=status, headers={"Cache-Control": "no-store"})


def shell_of(site: Site, now: View, page: str) -> dict[str, object]:
    """Return what `shell.html` needs; `page` is the name in the rail."""
    state, at_s = now.scene.state, now.scene.now_s
    return {
        "page": page,
        "zone": state.plant.timezone,
        "bar": now.bar,
        "parts": {part.id: site.parts.html(part) for part in now.parts},
        "now_s": at_s,
        "now_utc": utc_text(state, at_s),
        "origin_utc": state.origin_utc,
    }
