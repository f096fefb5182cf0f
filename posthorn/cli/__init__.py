"""The command `posthorn`. `app` lists its commands.

- commands: `login`, `webhooks`, `webhook_operations`, `history`, `send`, `recover`, `listen`, `overview`, `actions`,
  `users`, `keys`
- their options: `options` for those that many commands have, `option_groups`, `webhook_settings`, `profiles` for the key
- input: `input_files` for JSON in files, `times` for points in time
- output: `output` and `column_widths` for tables and JSON, `display` for webhooks and records, `json_format`, `escaping`,
  `standard_streams`
- errors: `errors` for exit codes and messages, `outages` for retries of commands that run for long
- long-running commands: `tail` follows the history, `receiver` is the HTTP server of `listen`

Modules that define commands import the client, `requests` and `rich` only inside functions, so that ``--help`` and shell
completion are fast. They do not use ``from __future__ import annotations``, because typer evaluates annotations.
"""
