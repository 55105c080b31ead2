#!/usr/bin/env python3
"""Holds api/openapi.yaml, the route table and a running service against one another.

usage: contract.py [--url BASE [--handle PUBLISHED] [--session TOKEN] [--key KEY]]

Without --url only the files are compared: is the contract valid OpenAPI 3.1, does it have every route and no other, every
problem type and no other, do its examples fit its schemas. With --url every endpoint is called as far as it can be
without changing anything: without credentials where the contract asks for them (401), with a body nobody takes (4xx), and
every GET for an answer that fits its schema. What a response has and its schema does not name is a failure here, although
clients have to ignore it.

The last line is `N passed, N failed`; exit 0 only without failures.
"""

import argparse
import json
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete", "patch")


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, problem):
        """Counts `what` as passed unless `problem` says what is wrong."""
        if problem:
            self.failed += 1
            print(f"FAILED {what}: {problem}")
        else:
            self.passed += 1
            print(f"ok     {what}")


def operations(contract):
    """(method, path, operation) of the contract; the operation has its path's parameters too."""
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = item.get("parameters", []) + item[method].get("parameters", [])
                parameters = [resolved(contract, parameter) for parameter in parameters]
                yield method.upper(), path, {**item[method], "parameters": parameters}


def resolved(contract, value):
    while "$ref" in value:
        target = contract
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def closed(value):
    """`value` with every object schema refusing members it does not name."""
    if isinstance(value, list):
        return [closed(element) for element in value]
    if not isinstance(value, dict):
        return value
    value = {name: closed(member) for name, member in value.items()}
    if "properties" in value and "object" in value.get("type", []):
        value.setdefault("additionalProperties", False)
    return value


class Schemas:
    def __init__(self, contract):
        self.components = {"schemas": closed(contract["components"]["schemas"])}

    def problem(self, schema, value):
        """Why `value` does not fit `schema`, or None."""
        validator = Draft202012Validator({**closed(schema), "components": self.components})
        error = next(iter(validator.iter_errors(value)), None)
        return error and f"{error.json_path}: {error.message[:300]}"


# Files


def routes():
    table = (ROOT / "Sources/Server/Routes.swift").read_text()
    found = re.findall(r'\("(GET|PUT|POST|DELETE|PATCH)",\s*"([^"]+)"', table)
    return {(method, re.sub(r"\{(\w+)\.\.\.\}", r"{\1}", path)) for method, path in found}


def problem_types():
    names = set()
    for file in (ROOT / "Sources/Server").rglob("*.swift"):
        text = file.read_text()
        names.update(re.findall(r'Problem\(\s*(?:status: \d+, )?name: "([a-z-]+)"', text))
        names.update(re.findall(r'\bstatus: \d+, name: "([a-z-]+)"', text))
        if file.name == "Problem.swift":
            names.update(re.findall(r'case \.\w+(?:, \.\w+)*: "([a-z-]+)"', text))
            names.update(re.findall(r'\(\d{3}, "([a-z-]+)"', text))
    return {f"/problems/{name}" for name in names}


def compare(left, right, missing):
    return missing + ": " + ", ".join(sorted(map(str, left - right))) if left - right else None


def check_files(contract, schemas, tally):
    errors = [error.message[:300] for error in OpenAPIV31SpecValidator(contract).iter_errors()]
    tally.check("the contract is valid OpenAPI 3.1", "; ".join(errors))
    described = {(method, path) for method, path, _ in operations(contract)}
    tally.check("the contract has every route", compare(routes(), described, "not in the contract"))
    tally.check("every path of the contract is a route", compare(described, routes(), "no such route"))
    listed = set(contract["components"]["schemas"]["Problem"]["properties"]["type"]["enum"])
    tally.check("the contract has every problem type", compare(problem_types(), listed, "not in the contract"))
    tally.check("every problem type of the contract is made", compare(listed, problem_types(), "nowhere in Sources/Server"))
    readme = (ROOT / "api/README.md").read_text()
    named = {f"/problems/{name}" for name in re.findall(r"^\| `([a-z-]+)` \|", readme, re.MULTILINE)}
    tally.check("api/README.md explains every problem type", compare(listed, named, "not explained"))
    tally.check("api/README.md explains no other", compare(named, listed, "not in the contract"))
    for media in media_types(contract):
        for name, example in media.get("examples", {}).items():
            value = resolved(contract, example)["value"]
            tally.check(f"the example '{name}' fits its schema", schemas.problem(media["schema"], value))
    for method, path, operation in operations(contract):
        if "application/json" in (body := operation.get("requestBody", {}).get("content", {})):
            schema = resolved(contract, body["application/json"]["schema"])
            # What forges send is in shapes of their own, which grow.
            strict = schema.get("additionalProperties") is False or path.startswith("/webhooks/")
            tally.check(f"{method} {path} is strict about members", None if strict else "its body takes unknown members")


def media_types(value):
    if isinstance(value, dict):
        if "schema" in value and "examples" in value:
            yield value
        for member in value.values():
            yield from media_types(member)
    elif isinstance(value, list):
        for element in value:
            yield from media_types(element)


# A running service


class Service:
    def __init__(self, base, contract, schemas, tally):
        self.base, self.contract, self.schemas, self.tally = base.rstrip("/"), contract, schemas, tally

    def call(self, method, path, token=None, body=None):
        """(status, headers, body) whatever the status."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def unfit(self, operation, answer, expected=None):
        """Why `answer` is none that the contract allows, or None."""
        status, headers, body = answer
        if expected and status not in expected:
            return f"answered {status}, not {' or '.join(map(str, expected))}: {body[:200]!r}"
        if "X-Request-Id" not in headers:
            return "the answer has no X-Request-Id"
        responses = operation["responses"]
        if str(status) not in responses and status < 400:
            return f"answered {status}, which the contract does not have"
        content = resolved(self.contract, responses.get(str(status)) or responses["default"]).get("content")
        if content is None:
            return f"a body where there should be none: {body[:80]!r}" if body else None
        media = headers.get_content_type()
        if media not in content:
            return f"answered {media}, not {' or '.join(content)}"
        text = body.decode("utf-8", "surrogateescape")
        value = json.loads(text) if media.endswith("json") else text
        if media == "application/problem+json" and value.get("status") != status:
            return f"the problem says {value.get('status')} and the answer {status}"
        return self.schemas.problem(content[media].get("schema", {}), value)

    def check(self, what, operation, answer, expected=None):
        self.tally.check(what, self.unfit(operation, answer, expected))


def check_refusals(service, operation, method, path):
    """What an operation refuses, called so that nothing changes."""
    target = re.sub(r"\{\w+\}", "no-such-thing", path)
    anonymous = {} in operation.get("security", [{}])
    if not anonymous:
        answer = service.call(method, target, body=b"{}" if method != "GET" else None)
        service.check(f"{method} {path} without credentials", operation, answer, [401])
        answer = service.call(method, target, token="ses_ended", body=b"{}" if method != "GET" else None)
        service.check(f"{method} {path} with a session nobody has", operation, answer, [401])
    elif "application/json" not in operation.get("requestBody", {}).get("content", {"application/json": None}):
        for name, body in (("nothing", b""), ("JSON", b"{}"), ("no UTF-8", b"\xff\xfe\n")):
            service.check(f"{method} {path} with {name}", operation, service.call(method, target, body=body), [400])
    elif any(p["in"] == "header" and p.get("required") for p in operation["parameters"]):
        answer = service.call(method, target, body=b"{}")
        service.check(f"{method} {path} without its headers", operation, answer, [400])
    elif operation.get("requestBody"):
        for name, body, expected in (
            ("nothing", b"", [400]), ("half a body", b'{"a":', [400]), ("a list", b"[]", [400]),
            ("an unknown member", b'{"no-such-member":1}', [422]), ("an empty object", b"{}", [422]),
            ("a member twice", b'{"account":1,"account":2}', [400]), ("a fraction", b'{"account":0.5}', [400]),
        ):
            service.check(f"{method} {path} with {name}", operation, service.call(method, target, body=body), expected)
    elif method == "GET" and "{" in path:
        query = {p["name"]: p["example"] for p in operation["parameters"] if p["in"] == "query" and p.get("required")}
        target += "?" + urllib.parse.urlencode(query) if query else ""
        service.check(f"{method} {path} of nothing", operation, service.call(method, target), [404])


def values(service, handle):
    """What to put into the paths and queries, from what the service has."""
    status, _, note = service.call("GET", "/evidence/checkpoint")
    size = int(note.split(b"\n")[1]) if status == 200 else 0
    width = f".p/{size}" if size < 256 else ""
    asset = re.search(rb'"/assets/([^"]+)"', service.call("GET", "/")[2])
    known = {"id": "standing-1", "handle": handle, "name": asset and asset[1].decode()}
    keys = json.loads(service.call("GET", "/.well-known/jwks.json")[2])
    known |= {"thumbprint": keys["keys"][0]["kid"], "type": "threshold/v1", "list": "1" if handle else None}
    if size:
        entry = json.loads(service.call("GET", "/v1/ledger/entries/0")[2])
        known |= {"path": f"0/000{width}", "index": "0", "from": "1"}
        known |= {name: entry[name] for name in ("leaf_hash", "commitment")}
    return known


def check_reads(service, arguments):
    known = {**values(service, arguments.handle), "facet": "reviewing"}
    tokens = {"session": arguments.session, "key": arguments.key}
    for method, path, operation in operations(service.contract):
        needed = [scheme for requirement in operation.get("security", []) for scheme in requirement]
        token = next((tokens[scheme] for scheme in needed if tokens[scheme]), None)
        if method != "GET" or (needed and not token):
            continue
        # Of some parameters a question has exactly one: each is asked for.
        for chosen in operation.get("x-one-of", [None]):
            required = [p for p in operation["parameters"] if p.get("required") or p["name"] == chosen]
            if all(known.get(p["name"]) for p in required):
                check_read(service, operation, path, {p["name"]: (p["in"], known[p["name"]]) for p in required}, token)
            else:
                print(f"-      {method} {path}: needs {', '.join(p['name'] for p in required)}")


def check_read(service, operation, path, parameters, token):
    target = path
    for name, (_, value) in ((name, given) for name, given in parameters.items() if given[0] == "path"):
        target = target.replace("{%s}" % name, value)
    query = {name: value for name, (place, value) in parameters.items() if place == "query"}
    target += "?" + urllib.parse.urlencode(query) if query else ""
    service.check(f"GET {target}", operation, service.call("GET", target, token), [200])
    if any(p["in"] == "query" for p in operation["parameters"]):
        unknown = target + ("&" if query else "?") + "no-such-parameter=1"
        service.check(f"GET {path} with an unknown parameter", operation, service.call("GET", unknown, token), [422])


def check_conditional(service, handle):
    operation = {"responses": service.contract["paths"]["/v1/profiles/{handle}"]["get"]["responses"]}
    path = f"/v1/profiles/{handle}"
    tag = service.call("GET", path)[1].get("ETag", "")
    request = urllib.request.Request(service.base + path, headers={"If-None-Match": tag})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            problem = f"answered {answer.status}"
    except urllib.error.HTTPError as error:
        problem = service.unfit(operation, (error.code, error.headers, error.read()), [304])
    service.tally.check("GET /v1/profiles/{handle} with the ETag it gave", problem)


def check_service(service, arguments):
    for method, path, operation in operations(service.contract):
        check_refusals(service, operation, method, path)
    check_reads(service, arguments)
    if arguments.handle:
        check_conditional(service, arguments.handle)
    default = {"responses": {"default": {"$ref": "#/components/responses/Problem"}}}
    service.check("a path that is none", default, service.call("GET", "/no/such/path"), [404])
    answer = service.call("DELETE", "/healthz")
    service.check("a method that does not go", default, answer, [405])
    service.tally.check("Allow names what goes", None if "GET" in answer[1].get("Allow", "") else "it does not name GET")


# For run.py, which starts the service


def add(checks):
    checks("the contract, the route table and the problem types agree")(lambda _: agree(None, None, None))
    checks("what the running service answers fits the contract")(
        lambda world: agree(world.service.base, "mira", getattr(world, "session", None)))


def agree(url, handle, session):
    contract = yaml.safe_load((ROOT / "api/openapi.yaml").read_text())
    schemas, tally = Schemas(contract), Tally()
    if url:
        service = Service(url, contract, schemas, tally)
        handle = handle if service.call("GET", f"/v1/profiles/{handle}")[0] == 200 else None
        check_service(service, argparse.Namespace(handle=handle, session=session, key=None))
    else:
        check_files(contract, schemas, tally)
    assert tally.passed and not tally.failed, f"{tally.failed} of {tally.passed + tally.failed} failed, see above"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="base of a running service")
    parser.add_argument("--handle", help="a published handle there")
    parser.add_argument("--session", help="a session of a developer there")
    parser.add_argument("--key", help="an API key with every scope there")
    arguments = parser.parse_args()
    contract = yaml.safe_load((ROOT / "api/openapi.yaml").read_text())
    schemas, tally = Schemas(contract), Tally()
    check_files(contract, schemas, tally)
    if arguments.url:
        check_service(Service(arguments.url, contract, schemas, tally), arguments)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
