"""Sentences about settings that cannot be used: what was given, what is allowed, which name was probably meant.

Settings stand in sentences by their names in backticks; `named` replaces these by the names of Python and the command
line, or by those that the page shows.

    complaints(StudentTeacher, error)    ["tau must be a number between 0.01 and 10, got 20."]
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from lazyrich.config.parameter import Parameter
from lazyrich.config.plain_values import short

if TYPE_CHECKING:
    from lazyrich.config.schema import Config


def complaints(config: type[Config], error: ValidationError, *, page: bool = False) -> list[str]:
    """Return one sentence for each problem of a validation: what was given and what is allowed.

    The message of a validator that raises PydanticCustomError("sentence", ...) is used unchanged.

    Args:
        config: The experiment that refused its settings.
        error: The error that it raised.
        page: Whether to name the settings as the page does instead of by their names in Python.

    Returns:
        The sentences.
    """
    return [named(_sentence(config, dict(problem), page), config, page=page) for problem in error.errors()]


def _sentence(config: type[Config], problem: Mapping[str, Any], page: bool) -> str:
    """Return one of pydantic's problems as a sentence, with settings in backticks."""
    parameters = config.parameters()
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "sentence":
        return str(problem["msg"])
    if name in parameters:
        given = short(problem.get("input")) or "nothing"
        return f"`{name}` must be {_allowed(config, parameters[name], page)}, got {given}."
    if problem["type"] == "extra_forbidden":
        return unknown(config, [name])
    if problem["type"] == "model_type":
        given = short(problem.get("input")) or "nothing"
        return f"{config.__name__} must be given its settings by name, as keywords or a mapping, got {given}."
    return str(problem["msg"]).removeprefix("Value error, ")


def problem_in_words(config: type[Config], problem: Mapping[str, Any]) -> InitErrorDetails:
    """Return one of pydantic's problems with its message replaced by a sentence."""
    sentence = _sentence(config, problem, page=False).encode("utf-8", "replace").decode()
    context = {key: value for key, value in problem.get("ctx", {}).items() if key != "error"}
    return InitErrorDetails(
        type=PydanticCustomError(problem["type"], sentence, context),
        loc=problem["loc"],
        input=problem.get("input"),
    )


def named(sentence: str, config: type[Config], *, page: bool) -> str:
    """Replace the settings in backticks in a sentence by the names that its reader knows.

    Args:
        sentence: For example "`y_points` must be a whole number."
        config: The experiment whose settings these are. Other words in backticks are not changed.
        page: Whether to use the names on the page, "Points up", instead of those of Python and the command line,
            "y_points".

    Returns:
        The sentence.
    """
    parameters = config.parameters()

    def name(found: re.Match[str]) -> str:
        setting = parameters.get(found[1])
        if setting is None:
            return found[0]
        if not page:
            return setting.name
        # quotation marks set off a name of several words, but not at the beginning of a sentence
        return f"“{setting.title}”" if " " in setting.title and found.start() > 0 else setting.title

    return re.sub(r"`(\w+)`", name, sentence)


def shown_choice(config: type[Config], parameter: Parameter, choice: Any) -> str:
    """Return how the page writes a choice: the label of a setting for its name, else the choice itself."""
    settings = config.parameters()
    return settings[choice].label if parameter.of_settings and choice in settings else str(choice)


def nearest(config: type[Config], name: str, *, symbols: bool = True) -> str:
    """Return the setting that an unknown name most likely means, or "" if none is similar.

    Args:
        config: The experiment.
        name: The name as written, such as `taau`, `Tau`, `learning-rate` or `τ`.
        symbols: Whether symbols and labels count as names, such as `m` for width.

    Returns:
        The name of a setting, or "".
    """
    parameters = config.parameters()
    wanted = name[:40].strip().lower().replace("-", "_").replace(" ", "_")
    for setting in parameters.values():
        if wanted == setting.name or (symbols and name in (setting.symbol, setting.label, setting.title)):
            return setting.name
    found = difflib.get_close_matches(wanted, parameters, n=1, cutoff=0.65)
    return found[0] if found else ""


def unknown(config: type[Config], names: Sequence[str]) -> str:
    """Return a sentence that these names are no settings, with the nearest settings, or all if none is near.

    It names the first few only: an address may have any number of them.
    """
    listed = [short(name) for name in names[:3]]
    near = list(dict.fromkeys(found for name in names[:3] if (found := nearest(config, name))))
    if len(names) > len(listed):
        listed.append(f"{len(names) - len(listed):,} more")
    are = "is not a setting" if len(names) == 1 else "are no settings"
    if not near:
        return f"{_in_words(listed)} {are} here; the settings are {', '.join(config.parameters())}."
    return f"{_in_words(listed)} {are} here; did you mean {_in_words(near, 'or')}?"


def _in_words(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _allowed(config: type[Config], parameter: Parameter, page: bool) -> str:
    if not page or not parameter.of_settings:
        return parameter.allowed
    settings = config.parameters()
    return "one of " + ", ".join(settings[choice].title for choice in parameter.choices)
