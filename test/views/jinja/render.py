"""Renders templates with Jinja2: reads a list of cases as JSON, and writes a list of outputs."""

import json
import sys

from jinja2 import DictLoader, Environment, StrictUndefined


def show(value):
    """Writes values as Gable does where the two differ on purpose."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


environment = Environment(
    autoescape=True,
    finalize=show,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"],
    cache_size=0,
)


def render(case):
    environment.loader = DictLoader(case["templates"])
    try:
        return {"text": environment.get_template("main.html").render(**case["props"])}
    except Exception as error:  # The other side must fail as well.
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([render(case) for case in json.load(sys.stdin)], sys.stdout)
