"""`lotwright solve` on the command line; what it does is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

OWN_PROCESS = "own process"
"""What commands are given when they are all that this process runs."""


def add_solve(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(solve)


def solve(
    context: typer.Context,
    instance: Annotated[Path, typer.Argument(help="A benchmark file, or a zip that holds one.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format", help="fjs, jsp, fajsp, sdst, oven or parallel; else by ending or content."
        ),
    ] = "",
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Wall time, start-up included; default: 10.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=0, help="Steps of each search: the same answer every time.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where the search's chance begins.")] = 0,
    due: Annotated[
        Path | None, typer.Option(help="File: due time and weight, a line a job.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the schedule, JSON.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each better schedule's value.")
    ] = False,
    gantt: Annotated[Path | None, typer.Option(help="Where to draw it: .svg, .png, .html.")] = None,
    state: Annotated[
        Path | None, typer.Option(help="Folder for compiled kernels.", envvar="LOTWRIGHT_STATE")
    ] = None,
) -> None:
    """Solve a job shop of the public benchmarks; Ctrl-C keeps the best schedule so far."""
    from time import monotonic

    from controller.began import process_began_s
    from controller.solve import Asked, solve_instance

    asked = Asked(
        instance=instance,
        format=format_,
        seconds=10.0 if seconds is None and steps is None else seconds,
        steps=steps,
        seed=seed,
        due=due,
        out=out,
        gantt=gantt,
        as_json=as_json,
        state=state,
        began_s=process_began_s() if context.obj == OWN_PROCESS else monotonic(),
    )
    raise typer.Exit(solve_instance(asked))
