"""`GET /docs`: the API's description as a page. All of it comes from this machine; it runs nothing from elsewhere."""

from html import escape
from importlib.resources import files
from typing import Final

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
