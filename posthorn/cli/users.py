"""`posthorn users`: users, for admins."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from posthorn.cli import output, times
from posthorn.cli.errors import CommandError, ExitCode
from posthorn.cli.options import Json, UserId, Yes, client, confirm
from posthorn.schemas import Role

if TYPE_CHECKING:
    from posthorn.schemas import User, UserInput

app = typer.Typer(help="Manage users. Admins only.")


@app.command("list")
def list_users(*, json: Json = False) -> None:
    """List all users."""
    with client() as service:
        output.show_all(
            service.users.list(),
            ("ID", "NAME", "ROLE", "GROUPS", ""),
            lambda each: (
                str(each["id"]),
                each["name"],
                each["role"],
                output.joined(each["groups"]),
                "" if each["enabled"] else "suspended",
            ),
            json=json,
            if_empty="There are no users.",
        )


@app.command()
def show(user: UserId, *, json: Json = False) -> None:
    """Show a user."""
    with client() as service:
        output.show(service.users.get(user), _display, json=json)


@app.command()
def put(
    user: UserId,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people. Required for a new user.")] = None,
    role: Annotated[Role | None, typer.Option(help="Role. A new user has the role user by default.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Id of a group. Replaces all groups of the user. Repeat for several.")
    ] = None,
    no_groups: Annotated[bool, typer.Option("--no-groups", help="Remove the user from all groups.")] = False,
    suspended: Annotated[
        bool | None,
        typer.Option("--suspended/--enabled", help="Refuse the user's keys, or accept them again.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Create or change a user. What is not given does not change."""
    if group and no_groups:
        message = "Give --group or --no-groups, but not both."
        raise CommandError(message, ExitCode.USAGE)
    values = {
        "name": name,
        "role": role,
        "groups": [] if no_groups else group or None,
        "enabled": None if suspended is None else not suspended,
    }
    changes = {member: value for member, value in values.items() if value is not None}
    if not changes:
        message = f"Nothing to change. `posthorn users show {user}` shows the user."
        raise CommandError(message, ExitCode.USAGE)
    with client() as service:
        output.show(service.users.put(user, cast("UserInput", changes)), _display, json=json)


@app.command()
def suspend(user: UserId, *, json: Json = False) -> None:
    """Refuse all keys of a user from now on. Nothing is deleted."""
    _set_enabled(user, is_enabled=False, json=json)


@app.command()
def enable(user: UserId, *, json: Json = False) -> None:
    """Accept the keys of a suspended user again."""
    _set_enabled(user, is_enabled=True, json=json)


@app.command()
def delete(user: UserId, *, yes: Yes = False) -> None:
    """Delete a user with their keys and webhooks."""
    confirm(f"Delete user {user} with their keys and webhooks?", is_sure=yes)
    with client() as service:
        service.users.delete(user)
    output.note(f"User {user} deleted.")


def _set_enabled(user_id: str, *, is_enabled: bool, json: bool) -> None:
    with client() as service:
        service.users.get(user_id)  # an unknown user is "not found"; PUT would ask for the name of a new user
        output.show(service.users.put(user_id, {"enabled": is_enabled}), _display, json=json)


def _display(user: "User") -> None:
    output.print_fields([
        ("id", str(user["id"])),
        ("name", (user["name"], output.BOLD)),
        ("role", user["role"]),
        ("groups", output.joined(user["groups"]) or None),
        ("keys", None if user["enabled"] else "refused: the user is suspended"),
        ("created", times.local_and_relative(user["createdAt"])),
        ("updated", times.local_and_relative(user["updatedAt"])),
    ])  # fmt: skip
