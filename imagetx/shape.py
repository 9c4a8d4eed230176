"""
What all canonical models share: their base, their plain document, their construction, their schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar, Final, Literal, TypeAlias, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from imagetx.errors import Json, bounded_repr

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

KEYWORDS: Final = frozenset(
    {
        "type",
        "enum",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "required",
        "properties",
        "items",
        "additionalProperties",
        "anyOf",
    }
)
"""Words of our schemas beside `description`; `limits` compiles them all."""


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_Kept: TypeAlias = Literal["as it is", "as a tuple"]


class Document(BaseModel):
    """Be a frozen document that keeps keys it does not know."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="allow",
        allow_inf_nan=False,
        ser_json_bytes="base64",  # an input image may be bytes
        defer_build=True,  # 20 ms of import; most callers never validate a model
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Describe the fields by their docstrings, as `use_attribute_docstrings` would while we are imported."""
        above = [base for base in reversed(cls.__mro__) if issubclass(base, Document)]
        texts = {name: text for base in above for name, text in _docstrings(base).items()}
        for name, field in cls.model_fields.items():
            if name in texts and field.description is None:
                field.description = texts[name]
        return handler(source)

    def __eq__(self, other: object) -> bool:
        """Compare the documents: absent is not null."""
        if not isinstance(other, Document):
            return NotImplemented
        return (
            type(self) is type(other)
            and self.model_fields_set == other.model_fields_set
            and self.__dict__ == other.__dict__
            and self.model_extra == other.model_extra
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # documents hold lists and objects

    def __repr__(self) -> str:
        """Give at most 500 characters, image data by its size."""
        return bounded_repr(type(self).__name__, document(self).items())

    __str__ = __repr__


def _docstrings(kind: type) -> dict[str, str]:
    """Return the text below each field in the source of a model; none where there is no source."""
    import ast  # only who asks for a schema pays for these
    import inspect
    import textwrap

    try:
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, TypeError, ValueError):
        return {}
    texts: dict[str, str] = {}
    for line, below in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(below, ast.Expr):
            text = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(text, str):
                texts[line.target.id] = inspect.cleandoc(text)
    return texts


AnyDocument = TypeVar("AnyDocument", bound=Document)


def document(model: Document) -> dict[str, Json]:
    """
    Give the plain JSON document of a model: only what was said, unknown keys last.

    Args:
        model: any canonical document.

    Returns:
        A new dict; JSON below open fields (`provider_options`) is shared, not copied.
    """
    said = model.__pydantic_fields_set__  # what `model_fields_set` and `model_extra` give, at a fifth of their time
    plain = {
        name: value if type(value) in _SCALARS else _plain(value)
        for name, value in model.__dict__.items()
        if name in said
    }
    extra = model.__pydantic_extra__
    return {**plain, **extra} if extra else plain


def build(kind: type[AnyDocument], doc: Mapping[str, Json]) -> AnyDocument:
    """
    Make a model of a document that is known to be right, without validation.

    The same as `model_construct`, nested models included, at a fifth of its time.

    Args:
        kind: the model's class.
        doc: the document; not kept, but JSON below open fields is shared.

    Returns:
        The model; `document` of it gives `doc` back.
    """
    defaults, members = _form(kind)
    known, extra = dict(defaults), {}
    for key, value in doc.items():
        if key not in members:
            extra[key] = value
        elif type(value) in _SCALARS:
            known[key] = value
        else:
            known[key] = _built(members[key], value)
    model = kind.__new__(kind)
    put = object.__setattr__  # the four members that pydantic documents for BaseModel
    put(model, "__dict__", known)
    put(model, "__pydantic_fields_set__", set(doc))
    put(model, "__pydantic_extra__", extra)
    put(model, "__pydantic_private__", None)
    return model


def schema_of(kind: type[Document]) -> dict[str, Json]:
    """
    Give the JSON Schema of a model in few words, references inlined.

    Args:
        kind: the model's class.

    Returns:
        A schema of `KEYWORDS` and descriptions; nullable is `"type": [..., "null"]`.
    """
    schema = kind.model_json_schema()
    return {"$schema": DIALECT, **_tidy(schema, schema.get("$defs", {}))}


def _plain(value: Json) -> Json:
    """Give the JSON of one member."""
    if isinstance(value, Document):
        return document(value)
    if isinstance(value, dict) and value and isinstance(next(iter(value.values())), Document):
        return {name: document(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@lru_cache(maxsize=64)  # a dozen classes; the same answer whoever asks first
def _form(kind: type[Document]) -> tuple[dict[str, Json], dict[str, type[Document] | _Kept]]:
    """Give the defaults of a model, and what becomes of each member that is no scalar."""
    fields = kind.model_fields
    defaults = {name: field.default for name, field in fields.items() if not field.is_required()}
    members: dict[str, type[Document] | _Kept] = dict.fromkeys(fields, "as it is")
    for name, field in fields.items():
        for option in (field.annotation, *get_args(field.annotation)):
            if get_origin(option) is tuple:
                item = get_args(option)[0]
                members[name] = item if _is_document(item) else "as a tuple"
            elif _is_document(option):
                members[name] = option
    return defaults, members


def _is_document(annotation: Any) -> bool:
    """Tell whether an annotation is one of our models."""
    return isinstance(annotation, type) and issubclass(annotation, Document)


def _built(kind: type[Document] | _Kept, value: Json) -> Json:
    """Build what stands in one member: a document, several, a list of scalars, or anything."""
    if isinstance(kind, str):
        return tuple(value) if kind == "as a tuple" and isinstance(value, list) else value
    if isinstance(value, list):
        return tuple(build(kind, item) if isinstance(item, dict) else item for item in value)
    return build(kind, value) if isinstance(value, dict) else value


def _tidy(node: dict[str, Json], parts: dict[str, Json]) -> dict[str, Json]:
    """Inline references, drop titles and defaults, and write nullable the short way."""
    if "$ref" in node:
        node = {**parts[node["$ref"].rpartition("/")[2]], **node}
    tidy: dict[str, Json] = {}
    for word, argument in node.items():
        if word == "properties":
            tidy[word] = {name: _tidy(inner, parts) for name, inner in argument.items()}
        elif word in {"items", "additionalProperties"}:
            if isinstance(argument, dict):  # `true` says nothing
                tidy[word] = _tidy(argument, parts)
        elif word == "anyOf":
            tidy |= _joined([_tidy(inner, parts) for inner in argument])
        elif word in KEYWORDS or word == "description" or word.startswith("x-"):
            tidy.setdefault(word, argument)
    return tidy


def _joined(options: list[dict[str, Json]]) -> dict[str, Json]:
    """Write alternatives as one schema where they differ in type only."""
    kinds = [option.get("type") for option in options]
    if "number" in kinds and "integer" in kinds:  # an integer is a number
        options = [option for option in options if option.get("type") != "integer"]
    others = [option for option in options if option != {"type": "null"}]
    if len(others) != 1 or len(others) == len(options) or "type" not in others[0]:
        return {"anyOf": options} if len(options) > 1 else options[0]
    joined = {**others[0], "type": [others[0]["type"], "null"]}
    if "enum" in joined:
        joined["enum"] = [*joined["enum"], None]
    joined.pop("description", None)  # of the nested model; the field has its own
    return joined
