internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Reputation
internal import Service
internal import Transparency

/// Facts from programs that observe them: one, or many at a time.
enum IngestRoutes {
    /// How many facts a batch may have.
    static let batchLimit = 1_000
    /// How long the document of a fact may be, in bytes.
    static let documentLimit = 16_384

    /// Records one fact: 201 when it is new, 200 when the ledger has it, 202 when publication was asked for and is late.
    @Sendable static func one(_ exchange: Exchange) async throws -> Response {
        _ = try await exchange.reader("ingest")
        let wait = try Wait(exchange)
        let fact = try exchange.fact(exchange.request.body[...], at: "")
        let recorded = try await exchange.application.background.sequencer.record([fact])
        let isPublished = try await wait.end(recorded, exchange)
        let status = !isPublished ? 202 : recorded[0].isNew ? 201 : 200
        return .json(recorded[0].json, status: status)
    }

    /// Records up to 1,000 facts, a line each (NDJSON), all of them or none; the answer has their places in the order of
    /// the lines.
    @Sendable static func batch(_ exchange: Exchange) async throws -> Response {
        _ = try await exchange.reader("ingest")
        let wait = try Wait(exchange)
        var facts: [SealedFact] = []
        for line in exchange.request.body.split(separator: 0x0A) {
            guard facts.count < self.batchLimit else {
                throw Problem(
                    status: 413, name: "too-many-facts", title: "Too many facts",
                    detail: "A batch holds \(self.batchLimit) lines at most; send the rest in another one.")
            }
            facts.append(try exchange.fact(line, at: "/\(facts.count)"))
        }
        let recorded = try await exchange.application.background.sequencer.record(facts)
        let isPublished = try await wait.end(recorded, exchange)
        return .json(["results": .array(recorded.map(\.json))], status: isPublished ? 200 : 202)
    }
}

/// What a request that records waits for.
private enum Wait: String, CaseIterable {
    /// That the facts have their places. Here they are in the tree by then, because both happen in one transaction.
    case sequenced
    /// That the facts are in the tree.
    case integrated
    /// That a checkpoint strangers see covers them.
    case published

    init(_ exchange: Exchange) throws(Problem) {
        guard let text = try exchange.query(known: ["wait"])["wait"] else {
            self = .integrated
            return
        }
        guard let wait = Wait(rawValue: text) else {
            throw .invalid("?wait", "This must be one of: \(Wait.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = wait
    }

    /// Returns when what was asked for is so; false when publication is late.
    func end(_ recorded: [RecordedFact], _ exchange: Exchange) async throws -> Bool {
        guard self == .published, let last = recorded.map(\.index).max() else { return true }
        return try await exchange.application.background.publication.covers(last + 1)
    }
}

extension RecordedFact {
    fileprivate var json: JSON {
        [
            "index": .int(self.index), "commitment": .string(self.commitment.text),
            "leaf_hash": .string(self.entry.leafHash.base64), "status": .string(self.isNew ? "appended" : "known"),
            "entry": .string("/v1/ledger/entries/\(self.index)"),
        ]
    }
}

extension Exchange {
    /// The fact `bytes` tell; `pointer` says where they stand in the body.
    ///
    /// Observed is what is known here from now on, so the service's own clock says when; a fact of the future is none.
    fileprivate func fact(_ bytes: ArraySlice<UInt8>, at pointer: String) throws(Problem) -> SealedFact {
        guard bytes.count <= IngestRoutes.documentLimit else {
            throw Problem(
                status: 413, name: "fact-too-large", title: "The fact is too large",
                detail: "The document of a fact has up to \(IngestRoutes.documentLimit) bytes.", pointer: pointer)
        }
        let now = self.authority.now()
        let evidence: Evidence
        do {
            evidence = try Evidence(parsing: bytes, unknownMembers: .refused, observedAt: now)
        } catch let error as MalformedEvidence {
            throw .invalid(
                pointer + error.pointer, "This member is missing, not of its kind, or one that no fact has.")
        } catch {
            throw .malformed("\(pointer.isEmpty ? "The body" : "Line \(pointer)") cannot be read as JSON: \(error).")
        }
        guard evidence.occurredAt.seconds <= now.seconds + 300 else {
            throw .invalid(pointer + "/occurred_at", "This lies in the future.")
        }
        let fact = SealedFact(evidence, by: self.authority)
        guard fact.isWellNamed else {
            throw .invalid(pointer, "Names and ids of accounts and projects hold no control characters.")
        }
        return fact
    }
}
