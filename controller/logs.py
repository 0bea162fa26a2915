"""Structured logs: one JSON object a line in a file that rotates, the same lines readable on the terminal."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

from controller import events as e

Form: TypeAlias = Literal["text", "json"]

FILE = "controller.log.jsonl"
"""Name of the file in the state folder."""
_BYTES = 10_000_000
_FILES = 5

_BEFORE = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def set_up_logs(folder: Path, form: Form = "text") -> None:
    """Send every log line to the state folder's file, and warnings and worse to the terminal."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    file = RotatingFileHandler(
        folder / FILE, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    file.setFormatter(_formatter("json"))
    file.setLevel(logging.INFO)
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(_formatter(form))
    screen.setLevel(logging.INFO if form == "json" else logging.WARNING)
    root = logging.getLogger()
    root.handlers = [file, screen]
    root.setLevel(logging.INFO)
    for noisy in ("asyncua", "pymodbus", "httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _formatter(form: Form) -> structlog.stdlib.ProcessorFormatter:
    last = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=list(_BEFORE),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


_facts = structlog.stdlib.get_logger("lotwright.facts")


def log_fact(stamped: e.Stamped) -> None:
    """Write down that a fact was recorded: which, by whom, and the ids that it speaks of."""
    _facts.info(
        type(stamped.event).__name__,
        seq=stamped.seq,
        at_s=stamped.at_s,
        actor=stamped.actor,
        **({"station": stamped.station} if stamped.station else {}),
        **ids_of(stamped.event),
    )


def ids_of(event: e.Event) -> dict[str, object]:
    """Return the machine, job order and orders that a fact speaks of; never a customer's words."""
    found: dict[str, object] = {}
    match event:
        case e.JobIntended(job=told):
            found = {"machine": told.machine, "job_order": told.id, "label": told.label}
            found["orders"] = sorted({m.operation.partition("/")[0] for m in told.members})
        case e.JobReported(report=report):
            found = {"machine": report.machine, "job_order": report.job_order}
            found["state"] = report.state.value
        case e.OrderAccepted(order=order):
            found = {"order": order.id}
        case e.PlanPublished():
            found = {"plan": event.number, "slots": len(event.slots), "took_ms": event.took_ms}
        case _:
            for name in ("machine", "job_order", "order", "id", "material", "number", "tote"):
                value = getattr(event, name, None)
                if value is not None:
                    found["alarm" if name == "id" else name] = value
    return found
