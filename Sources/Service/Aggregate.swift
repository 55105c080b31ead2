public import CanonicalJSON
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
internal import Scoring
public import Store

/// Computes profiles from the evidence in the ledger.
public struct Aggregate: Sendable {
    let authority: Authority

    /// Profiles as this authority states them.
    public init(authority: Authority) { self.authority = authority }

    /// A developer's evidence, assessed, and what it was read from.
    struct Assessed {
        let accounts: [Account]
        let assessment: Assessment
        let coverage: [SourceCoverage]
        let head: LedgerHead?
        /// The facts that were assessed.
        let rows: [StoredEvidence]
    }

    /// Assesses all evidence of `developer`'s accounts in the ledger's prefix under its present head, whatever is
    /// appended meanwhile.
    func assess(_ developer: StoredDeveloper, on connection: isolated Connection) throws -> Assessed {
        let head = try connection.ledgerHead()
        let rows = try StoredEvidence.read(
            connection.run(.evidence(ofDeveloper: developer.id, in: head?.size ?? 0))
                + connection.run(.triageByOthers(ofDeveloper: developer.id, in: head?.size ?? 0)))
        let accounts = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id))).map(\.account)
        return Assessed(
            accounts: accounts, assessment: try self.assess(rows, of: Set(accounts.map(\.key)), head: head),
            coverage: try SourceCoverage.read(connection.run(.coverage)), head: head, rows: rows)
    }

    /// Computes the profile of `developer` anew and puts it in place of the last one, unless they were erased meanwhile.
    ///
    /// The developer is locked before the facts are read: an older reading never replaces a newer one, and one from before
    /// an erasure never brings back what that took away.
    func refresh(_ developer: StoredDeveloper, on connection: isolated Connection) throws {
        guard let developer = try connection.lock(developer.id) else { return }
        let assessed = try self.assess(developer, on: connection)
        let text = self.document(handle: developer.handle ?? "", assessed).canonical
        try connection.writeProfile(
            developer: developer.id, document: text, digest: SHA256.hash(text.utf8).base64URL,
            weightiest: Aggregate.weightiest(of: assessed.assessment),
            facets: assessed.assessment.facets.map(StoredFacet.init))
    }

    /// The facts behind the facets, those first that weigh most in theirs.
    private static func weightiest(of assessment: Assessment) -> [String] {
        let lists = assessment.facets.map(\.evidence)
        var seen: Set<String> = []
        return (0..<(lists.map(\.count).max() ?? 0)).flatMap { rank in
            lists.compactMap { $0.count > rank ? $0[rank] : nil }
        }.filter { seen.insert($0).inserted }
    }

    /// Computes the profiles of all `developers` anew, in one transaction each.
    public func refresh(_ developers: [StoredDeveloper], on connection: Connection) async throws {
        for developer in developers {
            try await connection.transaction { connection in try self.refresh(developer, on: connection) }
        }
    }

    /// Assesses `rows` as of the day of the ledger's newest observation.
    func assess(_ rows: [StoredEvidence], of subject: Set<Account.Key>, head: LedgerHead?) throws -> Assessment {
        let evidence = try rows.map { row in
            (commitment: row.commitment, evidence: try Evidence(parsing: row.document.utf8))
        }
        return Scoring.assess(evidence, of: subject, asOf: (head?.observedAt ?? self.authority.now()).day)
    }

    /// How many of a facet's facts the document names.
    private static let named = 3

    private func document(handle: String, _ assessed: Assessed) -> JSON {
        var members = assessed.assessment.document.object ?? [:]
        members["handle"] = .string(handle)
        members["model"] = Aggregate.model
        members["ledger"] = [
            "origin": .string(assessed.head?.origin ?? self.authority.origin), "size": .int(assessed.head?.size ?? 0),
            "root": .string(Base64.encode(assessed.head?.root ?? [])),
        ]
        members["accounts"] = .array(
            assessed.accounts.map { ["platform": .string($0.key.platform.rawValue), "login": .string($0.login)] })
        members["coverage"] = .array(assessed.coverage.map(\.json))
        members["facets"] = .array(
            (members["facets"]?.array ?? []).map { facet in
                var facet = facet.object ?? [:]
                facet["evidence"] = .array(Array((facet["evidence"]?.array ?? []).prefix(Self.named)))
                return .object(facet)
            })
        return .object(members)
    }

    /// The model every profile is computed with: its id, version and the digest of its weights.
    public static let model: JSON = [
        "id": .string(Model.standing1.id), "version": .int(Model.standing1.version),
        "digest": .string(Model.standing1.digest),
    ]
}

extension SourceCoverage {
    var json: JSON {
        [
            "source": .string(self.adapter), "from": .string(self.first?.day.description ?? ""),
            "to": .string(self.last?.day.description ?? ""), "n": .int(self.records), "complete": .bool(self.complete),
        ]
    }
}

extension StoredFacet {
    init(_ facet: Facet) {
        switch facet.level {
        case .measured(let level, _):
            self.init(
                name: facet.name.rawValue, state: "measured", level: Int64(level), n: Int64(facet.n),
                quarters: Int64(facet.longHorizon.activeQuarters))
        case .insufficientEvidence:
            self.init(
                name: facet.name.rawValue, state: "insufficient_evidence", level: 0, n: Int64(facet.n),
                quarters: Int64(facet.longHorizon.activeQuarters))
        }
    }
}

/// What `rebuild` did.
public struct RebuildSummary: Sendable {
    /// Accounts with evidence, facts, and developers whose stored profile was written.
    public var accounts: Int64 = 0
    /// See `accounts`.
    public var evidence: Int64 = 0
    /// See `accounts`.
    public var developers: Int64 = 0
    /// Hex SHA-256 over the assessment of every account in turn: the same ledger gives the same digest.
    public var digest = ""

    /// The summary as `--json` prints it.
    public var json: JSON {
        [
            "accounts": .int(self.accounts), "evidence": .int(self.evidence), "developers": .int(self.developers),
            "digest": .string(self.digest),
        ]
    }
}

extension Aggregate {
    /// Computes everything from the ledger again: every developer's profile is stored, and what each account alone
    /// would be assessed as goes into a digest, so that two rebuilds can be compared without storing anything about
    /// people who did not ask for it.
    public func rebuild(on connection: Connection) async throws -> RebuildSummary {
        var summary = try await connection.transaction { connection in try self.assessEveryAccount(on: connection) }
        let developers = try await StoredDeveloper.read(connection.run(.developers))
        try await self.refresh(developers, on: connection)
        summary.developers = Int64(developers.count)
        return summary
    }

    private func assessEveryAccount(on connection: isolated Connection) throws -> RebuildSummary {
        let head = try connection.ledgerHead()
        var summary = RebuildSummary()
        var digest = SHA256()
        var current: Int64?
        var rows: [StoredEvidence] = []
        func assessCurrent() throws {
            guard let first = rows.first else { return }
            let subject = try Evidence(parsing: first.document.utf8).account.key
            let assessment = try self.assess(rows, of: [subject], head: head)
            digest.update(Array(assessment.document.canonical.utf8))
            summary.accounts += 1
            summary.evidence += Int64(rows.count)
            rows.removeAll(keepingCapacity: true)
        }
        try connection.eachEvidence(in: head?.size ?? 0) { account, row in
            if account != current {
                try assessCurrent()
                current = account
            }
            rows.append(row)
        }
        try assessCurrent()
        summary.digest = digest.finish().hex
        return summary
    }
}
