"""A custom resource's inline function, run as Lambda runs it, and CloudFormation's end that waits for its answer."""

import json
import threading
import types
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class ResponseEndpoint:
    """What CloudFormation's ResponseURL leads to: takes answers by PUT. Refuses the first ones if told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.answers: list[dict[str, Any]] = []
        self.requests = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                endpoint.requests += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                # The real URL is signed for an empty content type: any other is refused.
                refused = endpoint.requests <= refusals or self.headers.get("Content-Type", "") != ""
                if not refused:
                    endpoint.answers.append(json.loads(body))
                self.send_response(503 if refused else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/response?signature=none"

    def __enter__(self) -> "ResponseEndpoint":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Context:
    """Lambda's second argument."""

    def __init__(self, seconds: float = 240) -> None:
        self._milliseconds = int(seconds * 1000)

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def load(source: str) -> types.ModuleType:
    """The function's module."""
    module = types.ModuleType("index")
    exec(compile(source, "index.py", "exec"), module.__dict__)
    return module


def as_text(value: Any) -> Any:
    """Properties as CloudFormation hands them over: every scalar is text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def event(request_type: str, url: str, properties: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation's request. Source: CloudFormation user guide, "Custom resource request objects"."""
    made = {"PhysicalResourceId": "account-settings"} if request_type != "Create" else {}
    return {
        "RequestType": request_type,
        "ResponseURL": url,
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/account-baseline/0",
        "RequestId": "00000000-0000-0000-0000-000000000000",
        "ResourceType": "Custom::AccountSettings",
        "LogicalResourceId": "AccountSettings",
        "ResourceProperties": as_text(properties),
        **made,
    }
