"""The command line `posthorn`.

Modules that hold commands import the client, `requests` and `rich` where a command needs them, so that ``--help`` and the
completion of a shell do not wait for them. They do without ``from __future__ import annotations``: typer reads annotations.
"""
