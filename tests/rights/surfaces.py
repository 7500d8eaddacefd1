"""Every place where the product names what it keeps, asks, draws or hands out."""

import ast
import csv
import gzip
import io
import json
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django import forms
from django.apps import apps
from django.db import models

import kentongan

from .words import Named

SOURCE = Path(kentongan.__file__).resolve().parent
NOT_PRODUCT = {"tests", "migrations", "__pycache__", "vendor", "node_modules"}
LABELLING = {"label", "th", "dt", "legend", "option", "button", "h1", "h2", "h3", "caption"}
NAMING_ATTRIBUTES = {"name", "id", "for", "data-field", "class"}


def project_models() -> list[type[models.Model]]:
    """Return the project's own models."""
    return [model for model in apps.get_models() if model.__module__.startswith("kentongan.")]


def product_files(suffix: str) -> list[Path]:
    """Return the product's files of one kind, without tests and without what others wrote."""
    return [
        path for path in sorted(SOURCE.rglob(f"*{suffix}")) if not NOT_PRODUCT & set(path.relative_to(SOURCE).parts)
    ]


def where(path: Path) -> str:
    """Return a file's address inside the package."""
    return path.relative_to(SOURCE).as_posix()


def names_in_models() -> Iterator[Named]:
    """Yield tables, fields, their captions and their choices."""
    for model in project_models():
        label = f"model {model._meta.label}"
        yield Named(label, model.__name__)
        yield Named(label, str(model._meta.verbose_name))
        for field in model._meta.get_fields():
            yield Named(label, field.name)
            for caption in ("column", "verbose_name", "help_text"):
                yield Named(label, str(getattr(field, caption, "") or ""))
            for value, caption in getattr(field, "choices", None) or ():
                yield Named(label, str(value))
                yield Named(label, str(caption))


@cache
def form_classes() -> tuple[type[forms.BaseForm], ...]:
    """Return every form class that the package defines."""
    return tuple({cls for module in _modules() for cls in vars(module).values() if _is_own_form(cls)})


def names_in_forms() -> Iterator[Named]:
    """Yield the fields of every form with label, help and choices."""
    for form in form_classes():
        label = f"form {form.__module__}.{form.__name__}"
        for name, field in form.base_fields.items():
            yield Named(label, name)
            yield Named(label, str(field.label or ""))
            yield Named(label, str(field.help_text or ""))
            if not isinstance(field, forms.ModelChoiceField):
                for value, caption in getattr(field, "choices", ()):
                    yield Named(label, str(value))
                    yield Named(label, str(caption))


def names_in_classes() -> Iterator[Named]:
    """Yield what dataclasses, schemas, enumerations and forms declare, from the source itself."""
    for path in product_files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield from (Named(f"class {where(path)}:{node.name}", name) for name in _declared(node))


def names_in_keys() -> Iterator[Named]:
    """Yield every literal key of a dictionary and every parameter of an address that the source reads."""
    for path in product_files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in _literal_keys(node):
                yield Named(f"keys {where(path)}", key)


def names_in_data() -> Iterator[Named]:
    """Yield the headings of shipped tables, the keys of shipped lines and the properties of shipped shapes."""
    for path in (p for suffix in (".csv", ".csv.gz", ".jsonl", ".json", ".geojson") for p in product_files(suffix)):
        for name in _headings(path):
            yield Named(f"data {where(path)}", name)


def names_in_templates() -> Iterator[Named]:
    """Yield captions, headings and the names of controls in the templates."""
    for path in product_files(".html"):
        parser = _Captions()
        parser.feed(re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8")))
        yield from (Named(f"template {where(path)}", name) for name in parser.names)


def names_in_scripts() -> Iterator[Named]:
    """Yield the words of the product's own scripts and styles."""
    for path in (*product_files(".js"), *product_files(".mjs"), *product_files(".css")):
        for name in sorted(set(re.findall(r"[\w$-]+", path.read_text(encoding="utf-8")))):
            yield Named(f"script {where(path)}", name)


def names_in_api() -> Iterator[Named]:
    """Yield the properties and parameters of the API's own description."""
    from kentongan.config.api import api

    described = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    yield from (Named("api", name) for name in _described_names(described))


def names_in_vocabularies() -> Iterator[Named]:
    """Yield the codes by which events, agencies and competences are told apart."""
    columns = {
        "vocabulary/data/kinds.csv": ("code", "label_id", "label_en", "label_tet", "label_pt"),
        "agencies/data/agencies.csv": ("kind",),
        "agencies/data/competences.csv": ("competence",),
    }
    for name, of in columns.items():
        with (SOURCE / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (Named(f"vocabulary {name}:{column}", row[column] or "") for column in of)


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(kentongan.__path__, "kentongan."):
        if not NOT_PRODUCT & set(info.name.split(".")) and info.name not in (
            "kentongan.__main__",
            "kentongan.config.wsgi",
        ):
            yield import_module(info.name)


def _is_own_form(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, forms.BaseForm) and cls.__module__.startswith("kentongan.")


def _declared(node: ast.ClassDef) -> Iterator[str]:
    yield node.name
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        if isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
            if isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
                yield statement.value.value


def _literal_keys(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        yield from (k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str))
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get", "getlist")
        and node.args
    ):
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        yield node.slice.value


def _headings(path: Path) -> Iterator[str]:
    content = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    if path.suffix in (".csv", ".gz"):
        yield from next(csv.reader(io.StringIO(content)), [])
    else:
        documents = (
            [json.loads(line) for line in content.splitlines() if line.strip()]
            if path.suffix == ".jsonl"
            else [json.loads(content)]
        )
        for document in documents:
            yield from _keys_of(document)


def _keys_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys_of(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _keys_of(inner)


def _described_names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(key) for key in value.get("properties", {}) or {})
        if "in" in value and "name" in value:
            yield str(value["name"])
        for option in value.get("enum", []) or []:
            yield str(option)
        for inner in value.values():
            yield from _described_names(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _described_names(inner)


class _Captions(HTMLParser):
    """Collects the text of captions and headings, and the names of controls."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        self.names += [value for name, value in attrs if name in NAMING_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if LABELLING & set(self._open[-3:]) and data.strip():
            self.names.append(data.strip())
