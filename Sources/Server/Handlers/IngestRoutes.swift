internal import CanonicalJSON
internal import Credentials
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

    /// Records one fact: 201 when it is new, 200 when the ledger has it, 202 when publication was asked for and is late;
    /// 422 when its subject had themselves erased, so that the program stops sending it.
    @Sendable static func one(_ exchange: Exchange) async throws -> Response {
        _ = try await exchange.reader("ingest")
        let wait = try Wait(exchange)
        let salt = randomBytes(Disclosure.saltByteCount)
        let fact = try exchange.fact(exchange.request.body[...], at: "", salt: salt)
        guard case .recorded(let recorded) = try await exchange.application.background.sequencer.record([fact])[0]
        else { throw Problem.erasedSubject }
        let isPublished = try await wait.end([recorded], exchange)
        var writer = CanonicalWriter()
        recorded.write(to: &writer)
        return .json(bytes: writer.bytes, status: !isPublished ? 202 : recorded.isNew ? 201 : 200)
    }

    /// Records up to 1,000 facts, a line each (NDJSON), all of them or none; the answer has their places in the order of
    /// the lines. A line about an account that was erased is skipped and says so.
    ///
    /// Not on the loop: a thousand facts take it some 20 ms, and others' answers would wait for them. And where there is too little
    /// of the processor for all, the one writer goes first, for whom the next batch is early enough.
    @Sendable static func batch(_ exchange: Exchange) async throws -> Response {
        _ = try await exchange.reader("ingest")
        let wait = try Wait(exchange)
        let sequencer = exchange.application.background.sequencer
        guard !sequencer.isFull else { throw SequencerError.overloaded }
        let (recorded, body) = try await withTaskExecutorPreference(exchange.application.bulk) {
            let facts = try self.sealed(exchange)
            let outcomes = try await sequencer.record(facts)
            // A fact is many pieces of memory. They are kept until here so that, as a rule, this thread gives them back: it gives
            // way to others.
            return withExtendedLifetime(facts) { (outcomes.compactMap(\.recorded), self.results(outcomes)) }
        }
        return .json(bytes: body, status: try await wait.end(recorded, exchange) ? 200 : 202)
    }

    /// The facts of the lines, sealed.
    private static func sealed(_ exchange: Exchange) throws -> [SealedFact] {
        // Whoever waited here for too long was told so, and may have sent the facts once more.
        guard !Task.isCancelled else { throw Problem.overloaded }
        var facts: [SealedFact] = []
        var salts = RandomSupply()
        for line in JSONLines(exchange.request.body) {
            guard facts.count < self.batchLimit else {
                throw Problem(
                    status: 413, name: "too-many-facts", title: "Too many facts",
                    detail: "A batch holds \(self.batchLimit) lines at most; send the rest in another one.")
            }
            facts.append(try exchange.fact(line, at: "/\(facts.count)", salt: salts.next(Disclosure.saltByteCount)))
        }
        return facts
    }

    /// What became of each line, as the answer has it.
    private static func results(_ outcomes: [FactOutcome]) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.object { writer in
            writer.name("results")
            writer.array { writer in
                for outcome in outcomes { outcome.write(to: &writer) }
            }
        }
        return writer.bytes
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

// The members are in the order of their names.
extension FactOutcome {
    /// Writes what became of the fact, as every answer about recorded facts has it.
    func write(to writer: inout CanonicalWriter) {
        switch self {
        case .recorded(let fact): fact.write(to: &writer)
        case .erasedSubject:
            writer.object { writer in
                writer.member("rule", "erased_subject")
                writer.member("status", "ignored")
            }
        }
    }
}

extension RecordedFact {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.member("commitment", self.leaf.entry.commitment.text)
            writer.member("entry", "/v1/ledger/entries/\(self.index)")
            writer.member("index", self.index)
            writer.member("leaf_hash", self.leaf.hash.base64)
            writer.member("status", self.isNew ? "appended" : "known")
        }
    }
}

extension Exchange {
    /// The fact `bytes` tell, sealed with `salt`; `pointer` says where they stand in the body.
    ///
    /// Observed is what is known here from now on, so the service's own clock says when; a fact of the future is none.
    fileprivate func fact(
        _ bytes: ArraySlice<UInt8>, at pointer: String, salt: [UInt8]
    ) throws(Problem) -> SealedFact {
        guard bytes.count <= IngestRoutes.documentLimit else {
            throw Problem(
                status: 413, name: "fact-too-large", title: "The fact is too large",
                detail: "The document of a fact has up to \(IngestRoutes.documentLimit) bytes.", pointer: pointer)
        }
        let authority = self.authority
        let now = authority.now()
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
        let fact = SealedFact(evidence, by: authority, salt: salt)
        guard fact.isWellNamed else {
            throw .invalid(pointer, "Names and ids of accounts and projects hold no control characters.")
        }
        return fact
    }
}
