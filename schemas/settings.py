"""Where mail goes out: `[smtp]` of a settings file, DPOR_SMTP_... of the environment; the password only from there."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from schemas.problems import UnusableInput
from schemas.set_wrongly import said_plainly
from schemas.toml_file import NotToml, read_toml

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = rf"^{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
"""A mail address that needs no quoting (RFC 5322's dot-atoms), in ASCII."""

LONGEST_ADDRESS = 254

HOST_FORM = r"^[A-Za-z0-9.:-]+$"
FORMS = {
    HOST_FORM: "a host is written as mail.example.com",
    ADDRESS: "an address is written as osa@example.com",
}
"""What a value of each form is to be."""

PASSWORD = "DPOR_SMTP_PASSWORD"  # noqa: S105 (the variable's name)
KEYS = {
    "host": "DPOR_SMTP_HOST",
    "port": "DPOR_SMTP_PORT",
    "security": "DPOR_SMTP_SECURITY",
    "user": "DPOR_SMTP_USER",
    "from": "DPOR_SMTP_FROM",
}
"""The keys of `[smtp]`, and the variable that takes the place of each."""

PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):  # which Pydantic takes for 1 or 0
        raise ValueError("a port is a number, such as 587")
    return value


class Smtp(BaseModel):
    """The server that takes messages, and whom they are from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, StringConstraints(pattern=HOST_FORM)] | None = None
    port: Annotated[int | None, BeforeValidator(_no_truth_value)] = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: Annotated[str, StringConstraints(pattern=ADDRESS, max_length=LONGEST_ADDRESS)] | None = Field(
        default=None, alias="from"
    )
    password: str | None = Field(default=None, repr=False)

    @property
    def where(self) -> tuple[str, int]:
        """Host and port; the port by `security` where none is named."""
        return self.host or "", self.port or PORTS[self.security]


def load_smtp(path: Path, environment: Mapping[str, str], *, must_exist: bool) -> Smtp:
    """`[smtp]` of the settings file, with what the environment says in its place.

    Raises UnusableInput for every key that is unknown or has a value of the wrong form, and for a password in the file.
    No message shows a value.
    """
    given: dict[str, Any] = _written(path, must_exist=must_exist)
    if "password" in given:
        raise UnusableInput(f"{path}: smtp.password: a password doesn't belong in a file: put it into {PASSWORD}")
    of_environment = {key: environment[name] for key, name in KEYS.items() if environment.get(name)}
    try:
        return Smtp.model_validate({**given, **of_environment, "password": environment.get(PASSWORD) or None})
    except ValidationError as error:
        found = (
            (".".join(map(str, e["loc"])), said_plainly(e, KEYS, FORMS)) for e in error.errors(include_input=False)
        )
        raise UnusableInput(
            *(f"{KEYS[key] if key in of_environment else f'{path}: smtp.{key}'}: {problem}" for key, problem in found)
        ) from None


def see_that_it_can_send(smtp: Smtp, settings: Path) -> None:
    """Raises UnusableInput with all that is missing to send, and where a login would cross a network unprotected."""
    problems = [
        f"smtp.{key}: missing: name it in {settings} or in {KEYS[key]}"
        for key, value in (("host", smtp.host), ("from", smtp.sender))
        if value is None
    ]
    if smtp.user and not smtp.password:
        problems.append(f"smtp.user: has no password: put it into {PASSWORD}")
    if smtp.user and smtp.security == "none" and smtp.host and not is_loopback(smtp.host):
        problems.append(
            f"smtp.security: a login without TLS is refused, since {smtp.host} is another machine:"
            ' set it to "starttls" or "tls"'
        )
    if problems:
        raise UnusableInput(*problems)


def is_address(text: str) -> bool:
    """Whether mail can go to it: one plain address, and nothing else."""
    return len(text) <= LONGEST_ADDRESS and re.fullmatch(ADDRESS[1:-1], text) is not None


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _written(path: Path, *, must_exist: bool) -> dict[str, Any]:
    if not path.exists():
        if must_exist:
            raise UnusableInput(f"--settings {path}: no such file")
        return {}
    if not path.is_file():
        raise UnusableInput(f"{path}: not a file")
    try:
        said = read_toml(path)
    except NotToml:
        raise UnusableInput(f"{path}: not a TOML file") from None
    unknown = [name for name in said if name != "smtp"]
    if unknown or not isinstance(said.get("smtp", {}), dict):
        raise UnusableInput(*(f"{path}: {name}: unknown: it holds [smtp] only" for name in unknown or ["smtp"]))
    return dict(said.get("smtp", {}))
