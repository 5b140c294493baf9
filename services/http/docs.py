"""Description of an API: the page `GET /docs`, all of it from this machine, and `/health` and `/ready` in OpenAPI."""

from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

_ASSETS: Final = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_START = b"""\
SwaggerUIBundle({
  url: document.getElementById("swagger-ui").dataset.description,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
"""
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-description="openapi.json"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def describe(app: FastAPI) -> None:
    """Add the page to an app that was made without FastAPI's own, which loads scripts of other sites."""
    static = files("fastapi_offline") / "static"
    found = {name: ((static / name).read_bytes(), media) for name, media in _ASSETS.items()}
    found["start.js"] = (_START, "text/javascript")

    @app.get("/docs", include_in_schema=False)
    async def get_page(request: Request) -> Response:
        return Response(_PAGE.format(title=escape(app.title)), headers=_HEADERS, media_type="text/html")

    @app.get("/docs/{name}", include_in_schema=False)
    async def get_asset(request: Request, name: str) -> Response:
        if name not in found:
            return Response(status_code=404)
        content, media = found[name]
        return Response(content, headers=_HEADERS | {"Cache-Control": "max-age=86400"}, media_type=media)


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_REASON = _object(
    {
        "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "For programs: one of a fixed list."},
        "detail": {"type": "string", "description": "For people."},
    },
    additionalProperties=False,
)
_CONDITION = _object(
    {
        "ready": {"type": "boolean"},
        "reasons": {"type": "array", "items": _REASON, "description": "Why it is not ready; none: it is."},
        "state": {"type": "object", "description": "How far it is, as far as that is known."},
    },
    additionalProperties=False,
)

HEALTH: dict[str, Any] = {
    "operation_id": "health",
    "summary": "Whether the service lives",
    "responses": {200: _answer("It does.", _object({"alive": {"const": True}}))},
}
READY: dict[str, Any] = {
    "operation_id": "ready",
    "summary": "Whether the service can do its work now",
    "responses": {200: _answer("It can.", _CONDITION), 503: _answer("It cannot, and why.", _CONDITION)},
}
