"""What stands before every request: it lets in who may ask, and adds the headers of every answer."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgtool.web.admission import FIXED, Asker, Rules, added, asker, refusal, sharing

_SHARED = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "accept, content-type",
    "access-control-max-age": "600",
}


class Guard:
    """Refuses what no page of ours and no program would send, and adds the headers of every answer."""

    def __init__(self, app: ASGIApp, rules: Rules = Rules()):
        self.app = app
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        asked = asker(scope["headers"])
        shared = sharing(asked, self.rules)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = added(message.get("headers", ()), (*shared, *FIXED))
            await send(message)

        scope["kgtool.other_site"] = len(shared) > 1
        await self._let_in(scope, asked, len(shared) > 1)(scope, receive, with_headers)

    def _let_in(self, scope: Scope, asked: Asker, is_shared: bool) -> ASGIApp:
        """What answers a request: the site, or who refuses it."""
        if refused := refusal(scope["method"], asked, self.rules, (scope.get("server") or ("",))[0]):
            return PlainTextResponse(f"{refused.said}\n", refused.status)
        if "\0" in scope["path"]:
            return PlainTextResponse("an address holds no NUL\n", 400)
        if is_shared and scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=_SHARED)
        return self.app
