"""Write docs/reference/ from the code and the shipped tables, so that no page can say what the code does not.

`python scripts/reference_pages.py` writes the pages; with `--check` it writes nothing and fails when one is out of date.
"""

# ruff: noqa: E402 - the rooms can be imported only once Django has started

import argparse
import ast
import csv
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import django
import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings_test")  # writes nothing into an installation
django.setup()

from kentongan.agreements.access import role_table
from kentongan.audit.catalogue import Trail
from kentongan.config import permissions
from kentongan.config.api import api
from kentongan.config.command import build
from kentongan.demonstration.scenario import SILENT_PARTNERS, SILENT_WEEKS, planted_clusters
from kentongan.places.gazetteer import load_gazetteer
from kentongan.vocabulary.care import needs
from kentongan.watch.streams import COUNTED_CLASSES, LEVELS, streams

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "kentongan"
PAGES = ROOT / "docs" / "reference"
NOT_PRODUCT = {"tests", "migrations", "__pycache__"}
NOTE = "*Written by `make docs` from the code; changes made here are lost.*"

MEANINGS = {
    "DATABASE_URL": "The database, e.g. `postgres://user:password@host/name`. Unset: a SQLite file in `KENTONGAN_HOME`.",
    "DATABASE_URL_FILE": "File to read the address of the database from, for addresses with a password.",
    "DJANGO_SETTINGS_MODULE": "The settings module; only tests set another one.",
    "KENTONGAN_ADDRESS": "Where browsers reach this installation, e.g. `https://kentongan.example`. Links in messages begin with it; unset, none leave by e-mail, SMS or WhatsApp.",
    "KENTONGAN_BASE_PMTILES": "Address of an own PMTiles base map, e.g. `/static/peta.pmtiles`. Unset: the shipped outline only.",
    "KENTONGAN_BEHIND_PROXY": "Trust `X-Forwarded-Proto` of a reverse proxy. Set it only where every request passes that proxy.",
    "KENTONGAN_BORDER_GEOJSON": "GeoJSON file that replaces the shipped, indicative border line.",
    "KENTONGAN_DEBUG": "Django's debug pages. Never on a machine that others reach.",
    "KENTONGAN_DEMONSTRATION": "Every screen says that its data are simulated. `make demo` sets it.",
    "KENTONGAN_EMAIL_FROM": "Sender of mail.",
    "KENTONGAN_EMAIL_HOST": "Mail server. Unset: mail is printed on standard output, and notices do not go by e-mail.",
    "KENTONGAN_EMAIL_PASSWORD": "Password at the mail server; better given as a file.",
    "KENTONGAN_EMAIL_PASSWORD_FILE": "File to read the mail server's password from.",
    "KENTONGAN_EMAIL_PORT": "Port of the mail server.",
    "KENTONGAN_EMAIL_TLS": "Encrypt mail on its way to the server.",
    "KENTONGAN_EMAIL_USER": "User at the mail server.",
    "KENTONGAN_GATEWAYS": "TOML file with tables `[sms]` and `[whatsapp]`: `url`, `method`, `content_type`, `body`, `from`, `expect`, `authorization`, `callback_secret`. Unset: neither channel. See [Tell people outside the application](../how-to/messages.md).",
    "KENTONGAN_HOME": "Folder of everything the installation writes: database, secret key, static files, caches.",
    "KENTONGAN_HOSTS": "Host names it answers to, divided by commas.",
    "KENTONGAN_HTTPS": "Secure cookies, redirect to HTTPS and HSTS. Set it wherever there is a certificate.",
    "KENTONGAN_LOG_LEVEL": "Level of the log on standard error: `DEBUG`, `INFO`, `WARNING`, `ERROR`.",
    "KENTONGAN_MFA_OPTIONAL_ROLES": "Roles that need no second factor here, divided by commas; `*` for all. See [Sign in safely](../how-to/sign-in.md).",
    "KENTONGAN_NEWS_FEEDS": "Addresses of RSS or Atom feeds, divided by commas. Empty: none is fetched.",
    "KENTONGAN_OIDC_ACR": "Authentication classes (`acr`) that the outside provider must assert, divided by commas; one is enough, and counts as two factors.",
    "KENTONGAN_OIDC_AMR": "Authentication methods (`amr`) of which the outside provider must assert one, divided by commas.",
    "KENTONGAN_OIDC_CLIENT_ID": "This installation's name at the outside provider.",
    "KENTONGAN_OIDC_CLIENT_SECRET": "This installation's secret there; better given as a file.",
    "KENTONGAN_OIDC_CLIENT_SECRET_FILE": "File to read that secret from.",
    "KENTONGAN_OIDC_ISSUER": "Issuer of the outside OpenID Connect provider. Unset: there is none.",
    "KENTONGAN_OIDC_MATCH_CLAIM": "`email` (verified ones) or `preferred_username`: the claim that links an officer at the first sign-in. Unset: only administrators link.",
    "KENTONGAN_OIDC_NAME": "What the provider is called on the sign-in page.",
    "KENTONGAN_HOME_STATE": "The state of this installation, two letters. Agencies of every other state are foreign to it.",
    "KENTONGAN_HOME_AGENCY": "The agency whose overseer records impact assessments. Unset: the overseer of any agency of this state.",
    "KENTONGAN_SEARCH_KEY_MONTHS": "Months after which digests of searched words can be matched no more, because their key is destroyed. An own default.",
    "KENTONGAN_TRAIL_KEYS": "Folder of the keys that sign the heads of the trail. Not in backups: keep a copy elsewhere.",
    "KENTONGAN_VAULT_KEYS": "Folder of the master keys of the vault. Not in backups: keep a copy elsewhere.",
    "KENTONGAN_NODE_NAME": "The name of this installation in every signed head; the first key fixes it for good. Unset: the name of the machine.",
    "KENTONGAN_OUTGOING_CA_FILE": "Certificate authority that is believed beside the system's when webhooks, push services and gateways are spoken to.",
    "KENTONGAN_OUTGOING_INSIDE": "Host names in the own network that may be spoken to, divided by commas; also without HTTPS. No other address that is not public is.",
    "KENTONGAN_PUSH_CONTACT": "Whom a push service may ask about this installation: `mailto:…` or `https://…`. Unset: no web push.",
    "KENTONGAN_PUSH_KEY": "File of the key by which browsers know this installation, made once. Unset: `keys/push.pem` in `KENTONGAN_HOME`. Not in backups.",
    "KENTONGAN_RETENTION_YEARS": "Years until a new record must be erased. An own default; no law that was read settles it.",
    "KENTONGAN_SECRET_KEY": "Key that signs sessions and links and seals second factors and secrets of webhooks. Unset: made once and kept in `KENTONGAN_HOME/secret_key`.",
    "KENTONGAN_SECRET_KEY_FALLBACKS": "Former secret keys, each on a line: what they sealed or signed still counts. For the time of a change alone; see [Sign in safely](../how-to/sign-in.md).",
    "KENTONGAN_SECRET_KEY_FALLBACKS_FILE": "File to read the former keys from; better than the variable.",
    "KENTONGAN_SECRET_KEY_FILE": "File to read the key from, for secrets that a container mounts.",
    "KENTONGAN_TILE_SERVER": "Origin of an own server of raster tiles (`/{z}/{x}/{y}.png`); it is added to the Content-Security-Policy.",
    "KENTONGAN_TIME_ZONE": "Zone in which times are shown and watches count days.",
    "KENTONGAN_TRUSTED_ORIGINS": "Origins that may post forms, divided by commas, e.g. `https://kentongan.example`.",
    "NUMBA_CACHE_DIR": "Where compiled routines of the engine are kept between runs.",
    "OPENBLAS_NUM_THREADS": "Threads of linear algebra in each process. With more than one, last digits of the index depend on the machine.",
    "PORT": "Port of `kentongan serve`, `kentongan demo` and `make demo`.",
}  # fmt: skip
"""What each environment variable means; a variable that the code reads and that is missing here stops the page."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that the code reads."""

    name: str
    default: str
    file: str


def main() -> int:
    """Write or check every page; return 1 when a check found one out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    is_check = parser.parse_args().check
    stale = [name for name, text in pages().items() if written(name) != text]
    if is_check:
        print(
            "\n".join(f"docs/reference/{name} is out of date: run make docs" for name in stale)
            or "Reference pages: up to date."
        )
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
    print(f"Reference pages: {len(pages())}, changed: {', '.join(stale) or 'none'}.")
    return 0


def written(name: str) -> str | None:
    """Return a page as it is on disk, or None."""
    path = PAGES / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def pages() -> dict[str, str]:
    """Return every reference page by its file name."""
    made = {
        name: "\n".join([f"# {title}", "", NOTE, "", *body()]).rstrip() + "\n" for name, (title, body) in BODIES.items()
    }
    entries = [f"- [{title}]({name})" for name, (title, _body) in BODIES.items()]
    return {"README.md": "\n".join(["# Reference", "", NOTE, "", *entries]) + "\n", **made}


def settings_page() -> Iterator[str]:
    yield "Everything that differs between installations is an environment variable; a flag is `1` or `0`, and nonsense stops the start."
    yield ""
    variables = list(environment_variables())
    if unknown := sorted({v.name for v in variables} - set(MEANINGS)):
        raise SystemExit(f"say in scripts/reference_pages.py what these variables mean: {', '.join(unknown)}")
    yield from table(
        ("Variable", "Default", "Meaning"), ((f"`{v.name}`", v.default, MEANINGS[v.name]) for v in variables)
    )


def environment_variables() -> Iterator[Variable]:
    """Yield each variable once, with the default of its first reader."""
    found: dict[str, Variable] = {}
    for path, tree in trees():
        for node in ast.walk(tree):
            for name, default in variables_read_by(node):
                known = found.get(name)
                if known is None or not known.default:
                    found[name] = Variable(name, default, path.relative_to(ROOT).as_posix())
    yield from (found[name] for name in sorted(found))


def variables_read_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the variables that one expression reads, with their defaults as the page shows them."""
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func)
    for keyword in node.keywords:
        if keyword.arg == "envvar" and isinstance(keyword.value, ast.Constant):
            yield str(keyword.value.value), ""
    if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
        return
    name, rest = node.args[0].value, node.args[1:]
    if called in ("os.environ.get", "environ.get", "os.getenv", "os.environ.setdefault"):
        yield name, default_of(rest)
    elif called == "_flag":
        yield name, "`1`" if rest and ast.unparse(rest[0]) == "True" else "`0`"
    elif called == "_secret":
        yield name, "made at the first start"
        yield f"{name}_FILE", ""


def default_of(rest: Sequence[ast.expr]) -> str:
    """Return a default as the page shows it; one that is computed is left to the meaning."""
    if rest and isinstance(rest[0], ast.Constant) and rest[0].value not in ("", None):
        return f"`{rest[0].value}`"
    return ""


def trail_page() -> Iterator[str]:
    yield "Each deed, look and refusal is one row, written in the transaction of the deed. A name that is not here cannot be recorded."
    yield ""
    writers = trail_writers()
    rows = (
        (
            f"`{event.value}`",
            f"`{event.name}`",
            ", ".join(f"`{w}`" for w in writers.get(event.name, ())) or "not written yet",
        )
        for event in Trail
    )
    yield from table(("Row", "Constant", "Written by"), rows)


def trail_writers() -> dict[str, list[str]]:
    """Return the functions that name each constant of the catalogue."""
    found: dict[str, set[str]] = {}
    for path, tree in trees():
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Trail":
                    found.setdefault(node.attr, set()).add(f"{module}.{function.name}")
    return {name: sorted(functions) for name, functions in found.items()}


def commands_page() -> Iterator[str]:
    yield "`kentongan COMMAND --help` says the same. Exit codes: 0 done, 1 an expected refusal (said on standard error), 2 wrong use."
    group: Any = typer.main.get_command(build())
    yield from commands_of(group, "")


def commands_of(group: Any, before: str) -> Iterator[str]:
    for name in sorted(group.commands):
        command = group.commands[name]
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield from one_command(f"{before}{name}", command)


def one_command(name: str, command: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join(p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments)
    yield from ("", f"## `kentongan {f'{name} {usage}'.strip()}`", "", " ".join((command.help or "").split()))
    if arguments or options:
        yield ""
        rows = [(f"`{p.name.upper()}`", "", meaning(p)) for p in arguments]
        rows += [(f"`{', '.join(p.opts)}`", default_or_need(p), meaning(p)) for p in options]
        yield from table(("Argument or option", "Default", "Meaning"), rows)


def meaning(parameter: Any) -> str:
    """Return what a parameter says of itself, with the values it takes where these are counted."""
    kind = parameter.type_descriptor.annotation
    choices = [f"`{choice.value}`" for choice in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []
    return f"{parameter.help or ''} {', '.join(choices)}".strip()


def default_or_need(parameter: Any) -> str:
    """Return a default worth showing: a value, not an absence and not a function; or that the option must be given."""
    if parameter.required:
        return "must be given"
    default = getattr(parameter.default, "value", parameter.default)
    is_worth = isinstance(default, (int, float, str)) and not isinstance(default, bool) and default != ""
    return f"`{default}`" if is_worth else ""


def errors_page() -> Iterator[str]:
    yield "Expected refusals. The code is stable: it stands in the API's problem details and in the trail; the text is for the user and may change."
    yield ""
    yield from table(("Code", "Class", "When"), sorted(error_classes()))


def error_classes() -> Iterator[tuple[str, str, str]]:
    """Yield code, class and first sentence of every class that names an error code of its own."""
    for path, tree in trees():
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for node in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.bases):
            for statement in node.body:
                if (
                    isinstance(statement, ast.Assign)
                    and ast.unparse(statement.targets[0]) == "code"
                    and isinstance(statement.value, ast.Constant)
                ):
                    yield (
                        f"`{statement.value.value}`",
                        f"`{module}.{node.name}`",
                        (ast.get_docstring(node) or "").split("\n")[0],
                    )


def roles_page() -> Iterator[str]:
    roles = role_table()
    categories = list(dict.fromkeys(category for of in roles.values() for category in of))
    yield "What a role may read and change, before the gate looks at owner, supervision, grants and walls. `R` reads, `RW` reads and acts, `–` neither."
    yield ""
    yield from table(
        ("Role", *categories),
        (
            (
                f"`{role}`",
                *(
                    "RW" if acts else "R" if reads else "–"
                    for reads, acts in (of.get(c, (False, False)) for c in categories)
                ),
            )
            for role, of in roles.items()
        ),
    )
    yield from (
        "",
        "## Supervision",
        "",
        "An agency sees the rows of the agencies below it, as of the day, in these categories: ",
    )
    supervised = [row["category"] for row in shipped("agreements/data/supervision.csv") if row["supervised"] == "yes"]
    yield f"{', '.join(f'`{c}`' for c in supervised)}. Rows with handling `protected` are never among them."


PERMISSION_HEADS = {
    "page": (
        "Pages",
        "What a page shows passes the gate besides: a role that may open a list sees its own rows in it.",
    ),
    "export": ("Exports", "What leaves as a file. Each is a row of the trail with the number of records."),
    "api": (
        "Operations of the API",
        "A token speaks for an officer in the role in which it was issued, and may be narrower.",
    ),
    "library": ("Signing in", "Pages of the sign-in itself, the same for every role."),
}


def permissions_page() -> Iterator[str]:
    yield "How every door answers an officer of each role, at a record of the officer's own agency: `R` may look, `W` may send, `–` neither."
    yield "The table behind it is `src/kentongan/config/data/permissions.csv`; a test asks every door and compares: in some roles with every change, in all of them every night."
    yield "`nobody` has not signed in. Whose records a role reaches is the gate's ([roles](roles.md)), not this table's."
    lines = permissions.table().values()
    for kind, (heading, note) in PERMISSION_HEADS.items():
        yield from ("", f"## {heading}", "", note, "")
        rows = [
            (f"`/{line.door}`", line.category, line.needs, *map(line.short, permissions.WHO))
            for line in lines
            if line.kind == kind
        ]
        yield from table(("Door", "Category", "Needs", *(f"`{who}`" for who in permissions.WHO)), rows)
    yield from (
        "",
        "## Commands",
        "",
        "Whoever sits at the machine may give every command; no role of the application can.",
        "",
    )
    yield from table(("Command", "Who"), ((f"`{line.door}`", line.needs) for line in lines if line.kind == "command"))


def streams_page() -> Iterator[str]:
    yield f"A stream counts the kinds it names and everything below them, as far as their class is one of {', '.join(sorted(COUNTED_CLASSES))}."
    yield "Protected kinds and election issues are never counted."
    yield ""
    yield from table(
        ("Stream", "Indonesian", "English", "Kinds"),
        ((f"`{s.code}`", s.label_id, s.label_en, ", ".join(f"`{k}`" for k in s.kinds)) for s in streams()),
    )
    yield ""
    yield "Each stream is scanned at each level; the largest circle of a level is:"
    yield ""
    yield from table(
        ("Level", "Largest radius"), ((f"`{level.code}`", f"{level.max_radius_m / 1000:.0f} km") for level in LEVELS)
    )


def kinds_page() -> Iterator[str]:
    yield "Codes of events. A dot means *below*. `protected` stays with its owner; `election` is read and not kept. Words of a kind stand in `kinds.csv`."
    yield ""
    laws: dict[str, int] = {}
    for law in shipped("vocabulary/data/laws.csv"):
        laws[law["kind_code"]] = laws.get(law["kind_code"], 0) + 1
    rows = []
    for row in shipped("vocabulary/data/kinds.csv"):
        care = next((c for c in ("protected", "election") if needs(c, row["code"])), "")
        rows.append(
            (f"`{row['code']}`", row["class"], row["label_id"], row["label_en"], str(laws.get(row["code"], "")), care)
        )
    yield from table(("Code", "Class", "Indonesian", "English", "Laws", "Care"), rows)


def api_page() -> Iterator[str]:
    described: Any = api.get_openapi_schema(path_prefix="/api/v1/")
    yield "Under `/api/v1/`, with `Authorization: Bearer TOKEN`. The full OpenAPI description is at `/api/v1/openapi.json`."
    yield "Errors are problem details (RFC 9457) with a `code` of [Errors](errors.md)."
    for path, operations in sorted(described["paths"].items()):
        for method, operation in operations.items():
            yield from one_operation(method, path, operation)
    yield from ("", "## Schemas")
    for name, schema in sorted(described["components"]["schemas"].items()):
        yield from one_schema(name, schema)


def one_operation(method: str, path: str, operation: Any) -> Iterator[str]:
    yield from ("", f"## {method.upper()} {path}", "", operation.get("description") or operation.get("summary", ""))
    parameters = [
        (
            f"`{p['name']}`",
            p["in"],
            "yes" if p.get("required") else "",
            p.get("description") or p.get("schema", {}).get("description", ""),
        )
        for p in operation.get("parameters", [])
    ]
    if parameters:
        yield ""
        yield from table(("Parameter", "In", "Required", "Meaning"), parameters)
    body = operation.get("requestBody", {}).get("content", {})
    for media, content in body.items():
        yield from ("", f"Body ({media}): `{schema_name(content.get('schema', {}))}`.")
    good = [(status, answer) for status, answer in operation["responses"].items() if int(status) < 400]
    for status, answer in good:
        names = sorted({schema_name(content.get("schema", {})) for content in answer.get("content", {}).values()})
        yield from ("", f"Answers {status}{': `' + '`, `'.join(names) + '`' if names else ''}.")


def one_schema(name: str, schema: Any) -> Iterator[str]:
    yield from ("", f"### {name}", "", " ".join((schema.get("description") or "").split()), "")
    required = schema.get("required", [])
    rows = [
        (f"`{field}`", schema_name(of), "yes" if field in required else "", of.get("description", ""))
        for field, of in schema.get("properties", {}).items()
    ]
    yield from table(("Field", "Type", "Required", "Meaning"), rows)


def schema_name(schema: Any) -> str:
    """Return the name of a schema, of a list's items too."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"{schema_name(schema.get('items', {}))}[]"
    options = [schema_name(option) for option in schema.get("anyOf", [])]
    return " | ".join(options) if options else str(schema.get("format") or schema.get("type") or "any")


def planted_page() -> Iterator[str]:
    yield "What the simulated world of the demonstration holds on purpose ([how it works](../explanation/the-simulated-world.md))."
    yield ""
    gazetteer = load_gazetteer()
    yield from table(
        ("Cluster", "Stream", "Centre", "Villages", "Begins before the end", "Lasts", "Events"),
        (
            (
                f"`{c.name}`",
                c.stream,
                f"{gazetteer.written(c.centre)} (`{c.centre}`)",
                str(c.villages),
                f"{c.weeks_before_end} weeks",
                f"{c.weeks} weeks",
                str(c.events),
            )
            for c in planted_clusters()
        ),
    )
    silent = " and ".join(f"{gazetteer.written(code)} (`{code}`)" for code in SILENT_PARTNERS)
    yield from ("", f"Partner villages from which nothing is heard in the last {SILENT_WEEKS} weeks: {silent}.")


Body = Callable[[], Iterable[str]]
BODIES: dict[str, tuple[str, Body]] = {
    "settings.md": ("Settings", settings_page),
    "commands.md": ("Commands", commands_page),
    "roles.md": ("Roles", roles_page),
    "permissions.md": ("Permissions", permissions_page),
    "trail.md": ("Rows of the trail", trail_page),
    "errors.md": ("Errors", errors_page),
    "kinds.md": ("Kinds of events", kinds_page),
    "streams.md": ("Streams of the watch", streams_page),
    "planted.md": ("Planted clusters", planted_page),
    "api.md": ("API", api_page),
}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the parsed source of the product."""
    for path in sorted(SOURCE.rglob("*.py")):
        if not NOT_PRODUCT & set(path.relative_to(SOURCE).parts):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def shipped(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped table."""
    with (SOURCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


if __name__ == "__main__":
    sys.exit(main())
