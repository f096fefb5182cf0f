"""Groups of options that several commands have, so that an option is declared once, in a table."""

import functools
import inspect
import keyword
from collections.abc import Callable, Mapping
from typing import Any

Command = Callable[..., None]


def with_options(parameter: str, options: Mapping[str, Any]) -> Callable[[Command], Command]:
    """Replace a parameter of a command by a group of options.

    The command gets a dictionary of the options that the user has given. typer reads a command's options from its
    signature, so the decorated function has a signature with one parameter for each option.

    Args:
        parameter: the name of the command's parameter that takes the dictionary.
        options: the key in the dictionary, and the annotation that declares the option to typer.

    """
    names = {key: f"{key}_" if keyword.iskeyword(key) else key for key in options}

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_dictionary(**values: Any) -> None:  # noqa: ANN401 - of any option
            given = {key: values.pop(name) for key, name in names.items()}
            command(**values, **{parameter: {key: value for key, value in given.items() if value not in (None, [])}})

        signature = inspect.signature(command)
        expanded = [
            own
            for each in signature.parameters.values()
            for own in ([_optional(names[key], options[key]) for key in names] if each.name == parameter else [each])
        ]
        with_dictionary.__signature__ = signature.replace(parameters=expanded)  # type: ignore[attr-defined]
        return with_dictionary

    return decorate


def _optional(name: str, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
