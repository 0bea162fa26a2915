"""`lotwright users` and `lotwright tokens`: access at the command line, through the running controller."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from controller.client import Client, Json

DEFAULT_URL = "http://127.0.0.1:8080"
Url = Annotated[str, typer.Option(help="The running controller.", envvar="LOTWRIGHT_URL")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of words.")]
Role = Annotated[str, typer.Option(help="viewer, operator, planner, engineer or admin.")]
Name = Annotated[str, typer.Argument(help="Short name, as the journal writes it: amira.")]

users = typer.Typer(help="Who may sign in, and as what.", no_args_is_help=True)
tokens = typer.Typer(help="Programs and shared stations.", no_args_is_help=True)


def add_access(app: typer.Typer) -> None:
    """Put both groups of commands into the command line."""
    app.add_typer(users, name="users")
    app.add_typer(tokens, name="tokens")


@users.command("list")
def list_users(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the users."""
    from controller.commands import table

    said: Any = _client(url).get("/api/users")
    rows = [(u["name"], u["display"], u["role"], _stand(u), str(u["sessions"])) for u in said]
    head = ("Name", "Shown as", "Role", "State", "Signed in")
    raise typer.Exit(table(said, head, rows, "Nobody has an account yet.", as_json=as_json))


@users.command("add")
def add_user(
    name: Name,
    role: Role = "viewer",
    display: Annotated[str, typer.Option(help="As pages show them: Amira K.")] = "",
    url: Url = DEFAULT_URL,
) -> None:
    """Add a user and print the one-time link by which they set their password."""
    body = {"name": name, "display": display, "role": role}
    _print_link(url, _client(url).post("/api/users", body))


@users.command("link")
def link(name: Name, url: Url = DEFAULT_URL) -> None:
    """Print a one-time link by which a user sets a new password; older links are void."""
    _print_link(url, _client(url).post(f"/api/users/{name}/link", {}))


@users.command("role")
def role(
    name: Name,
    role: Annotated[str, typer.Argument(help="viewer, operator, planner, engineer or admin.")],
    url: Url = DEFAULT_URL,
) -> None:
    """Change what a user may do; it counts at once."""
    _client(url).patch(f"/api/users/{name}", {"role": role})
    typer.echo(f"{name} is {role} from now on.")


@users.command("pin")
def pin(
    name: Name,
    code: Annotated[str, typer.Option(prompt="PIN or badge code", hide_input=True)],
    url: Url = DEFAULT_URL,
) -> None:
    """Set the PIN or badge code that names a user at shared stations."""
    _client(url).patch(f"/api/users/{name}", {"pin": code})
    typer.echo(f"The PIN of {name} is set.")


@users.command("second-factor-off")
def second_factor_off(name: Name, url: Url = DEFAULT_URL) -> None:
    """Take off a user's second factor, as for a lost phone; they are signed out everywhere."""
    _client(url).delete(f"/api/users/{name}/second-factor")
    typer.echo(f"{name} has no second factor any more and is signed out everywhere.")


@users.command("disable")
def disable(name: Name, url: Url = DEFAULT_URL) -> None:
    """Let a user in no longer; whoever is signed in under the name is out at once."""
    _client(url).patch(f"/api/users/{name}", {"disabled": True})
    typer.echo(f"{name} is disabled and signed out everywhere.")


@users.command("enable")
def enable(name: Name, url: Url = DEFAULT_URL) -> None:
    """Let a disabled user in again."""
    _client(url).patch(f"/api/users/{name}", {"disabled": False})
    typer.echo(f"{name} may sign in again.")


@users.command("remove")
def remove(
    name: Name,
    url: Url = DEFAULT_URL,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a user; what they did stays in the journal under their name."""
    if not sure:
        typer.confirm(f"Remove {name} for good?", abort=True)
    _client(url).delete(f"/api/users/{name}")
    typer.echo(f"{name} is removed.")


@tokens.command("list")
def list_tokens(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the tokens; their secrets are kept nowhere."""
    from controller.commands import table

    said: Any = _client(url).get("/api/tokens")
    rows = [
        (t["id"], t["name"], t["role"], t["station"], t["expires"][:10], t["used"][:16] or "never")
        for t in said
        if not t["revoked"]
    ]
    head = ("Id", "Name", "Role", "Station", "Until", "Last used")
    raise typer.Exit(table(said, head, rows, "There are no tokens.", as_json=as_json))


@tokens.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What it is for, as the journal writes it: webshop.")],
    role: Role = "viewer",
    days: Annotated[int, typer.Option(min=1, max=90, help="How long it counts.")] = 90,
    station: Annotated[str, typer.Option(help="Machine of a shared station, such as B1.")] = "",
    badge: Annotated[bool, typer.Option(help="Each action there asks for a badge or PIN.")] = True,
    url: Url = DEFAULT_URL,
) -> None:
    """Make a token and print it this once."""
    body: dict[str, Json] = {
        "name": name,
        "role": "operator" if station else role,
        "days": days,
        "station": station,
        "badge": badge,
    }
    said: Any = _client(url).post("/api/tokens", body)
    typer.echo(said["secret"])
    typer.echo(
        f"Token {name}, id {said['token']['id']}, until {said['token']['expires'][:10]}. "
        "It is not shown again.",
        err=True,
    )


@tokens.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(help="Its id, or its name.")], url: Url = DEFAULT_URL
) -> None:
    """Make a token void at once."""
    client = _client(url)
    said: Any = client.get("/api/tokens")
    found = next(
        (t["id"] for t in said if token in {t["id"], t["name"]} and not t["revoked"]), token
    )
    client.delete(f"/api/tokens/{found}")
    typer.echo(f"Token {token} is revoked.")


def _client(url: str) -> "Client":
    from controller.client import client_of

    return client_of(url, "cli")


def _print_link(url: str, link: "Json") -> None:
    said: Any = link
    typer.echo(f"{url.rstrip('/')}{said['path']}")
    typer.echo(f"For {said['name']}, once, until {said['expires'][:16]} UTC.", err=True)


def _stand(user: dict[str, Any]) -> str:
    if user["disabled"]:
        return "disabled"
    return "active" if user["password"] else "has not followed the link"
