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

    /// Computes the profile of `developer` anew and puts it in place of the last one.
    ///
    /// What is read is the ledger's prefix under the head named, whatever is appended meanwhile.
    func refresh(_ developer: StoredDeveloper, on connection: isolated Connection) throws {
        let head = try connection.ledgerHead()
        let rows = try StoredEvidence.read(
            connection.run(.evidence(ofDeveloper: developer.id, in: head?.size ?? 0)))
        let accounts = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id)))
        let coverage = try SourceCoverage.read(connection.run(.coverage))
        let assessment = try self.assess(rows, of: Set(accounts.map(\.account.key)), head: head)
        let document = self.document(
            handle: developer.handle ?? "", accounts: accounts.map(\.account), assessment: assessment,
            coverage: coverage, head: head)
        let text = document.canonical
        try connection.writeProfile(
            developer: developer.id, document: text, digest: SHA256.hash(text.utf8).base64URL,
            facets: assessment.facets.map(StoredFacet.init))
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
            (commitment: row.commitment, evidence: try Evidence(document: JSON(parsing: row.document.utf8)))
        }
        return Scoring.assess(evidence, of: subject, asOf: (head?.observedAt ?? self.authority.now()).day)
    }

    private func document(
        handle: String, accounts: [Account], assessment: Assessment, coverage: [SourceCoverage], head: LedgerHead?
    ) -> JSON {
        var members = assessment.document.object ?? [:]
        members["handle"] = .string(handle)
        members["model"] = Aggregate.model
        members["ledger"] = [
            "origin": .string(head?.origin ?? self.authority.origin), "size": .int(head?.size ?? 0),
            "root": .string(Base64.encode(head?.root ?? [])),
        ]
        members["accounts"] = .array(
            accounts.map { ["platform": .string($0.key.platform.rawValue), "login": .string($0.login)] })
        members["coverage"] = .array(coverage.map(\.json))
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
            let subject = try Evidence(document: JSON(parsing: first.document.utf8)).account.key
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
