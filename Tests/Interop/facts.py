"""Made-up evidence documents in the form `POST /v1/evidence` takes, about people who do not exist."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

KIND = "security_credit"  # of no import's facts, so that what was posted can be told from what was imported


def fact(series, number):
    """The document of fact `number` of `series`; the same two give the same fact."""
    account = 9_400_000 + number % 997
    project = 9_500_000 + number % 89
    return {
        "v": 1,
        "type": KIND,
        "account": {"platform": "github", "id": str(account), "login": f"wren-{account}", "kind": "user"},
        "project": {"platform": "github", "id": str(project), "name": f"heron-works/reed-{project}",
                    "owner": {"platform": "github", "id": str(project + 1)}},
        "object": {"id": f"{series}-{number}", "unit": f"{series}-{number}"},
        "occurred_at": "2024-03-05T10:00:00Z",
        "observed_at": "2024-03-06T10:00:00Z",
        "counterparties": [],
        "flags": [],
        "measures": {},
        "source": {"adapter": "advisories", "class": "forge", "locator": series, "digest": f"{number:064x}"},
    }


def line(series, number):
    return json.dumps(fact(series, number), sort_keys=True, separators=(",", ":"))


def lines(series, numbers):
    return "".join(line(series, number) + "\n" for number in numbers)


def ingest_key(service):
    return json.loads(service.run("apikey", "create", "--scope", "ingest", "--json").stdout)["key"]


@dataclass
class Acknowledged:
    """What the service promised about one fact."""

    index: int
    commitment: str
    leaf_hash: str
    status: str

    @classmethod
    def read(cls, answer):
        return cls(answer["index"], answer["commitment"], answer["leaf_hash"], answer["status"])

    @property
    def place(self):
        return self.index, self.commitment, self.leaf_hash


class Ingest:
    """One connection that posts facts, kept open; made anew after it broke."""

    def __init__(self, service, key, timeout=60):
        self.port, self.timeout = service.port, timeout
        self.headers = {"Authorization": f"Bearer {key}"}
        self.connection = None

    def post(self, path, body, kind):
        """Status and body of the answer; OSError when none came, and then nobody knows what was done."""
        try:
            if self.connection is None:
                self.connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection.request("POST", path, body, {"Content-Type": kind, **self.headers})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except HTTPException as error:
            self.close()
            raise OSError(f"no whole answer: {error!r}") from error
        except OSError:
            self.close()
            raise

    def one(self, series, number, wait):
        return self.post(f"/v1/evidence?wait={wait}", line(series, number), "application/json")

    def batch(self, series, numbers, wait):
        return self.lines(lines(series, numbers), wait)

    def lines(self, text, wait):
        return self.post(f"/v1/evidence:batch?wait={wait}", text, "application/x-ndjson")

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None
