public import CanonicalJSON
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
public import Scoring
public import Store

/// Computes profiles from the evidence in the ledger.
public struct Aggregate: Sendable {
    let authority: Authority

    /// Profiles as this authority states them.
    public init(authority: Authority) { self.authority = authority }

    /// A developer's evidence, assessed, and what it was read from.
    struct Assessed {
        let accounts: [Account]
        var assessment: Assessment
        let coverage: [SourceCoverage]
        let head: LedgerHead?
    }

    /// Assesses all evidence of `developer`'s accounts in the ledger's prefix under its present head, whatever is
    /// appended meanwhile, by the model that profiles are published with.
    func assess(_ developer: StoredDeveloper, on connection: isolated Connection) throws -> Assessed {
        let head = try connection.ledgerHead()
        let standings = try self.authority.standings.standings(
            by: Self.published, of: head?.size ?? 0, on: connection)
        return try self.assess(developer, knowing: standings, head: head, on: connection)
    }

    /// The same, knowing of everybody else what `standings` says.
    func assess(
        _ developer: StoredDeveloper, knowing standings: Standings, head: LedgerHead?,
        on connection: isolated Connection
    ) throws -> Assessed {
        let stored = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id)))
        let facts = try self.facts(of: stored, in: head?.size ?? 0, on: connection)
        let accounts = stored.map(\.account)
        var assessment = Scoring.assess(
            facts, of: Self.marks(accounts), asOf: self.day(head), model: Self.published, standings: standings)
        try self.name(&assessment, on: connection)
        return Assessed(
            accounts: accounts, assessment: assessment, coverage: try SourceCoverage.read(connection.run(.coverage)),
            head: head)
    }

    /// Facts read at once.
    private static let step: Int64 = 50_000

    /// The facts about `accounts` among the first `size` entries, `limit` at most, and others' that turn what those come
    /// to.
    ///
    /// They are read piece by piece, so that of a long life only the facts are held, and no answer of the database's.
    func facts(
        of accounts: [StoredAccount], in size: Int64, limit: Int64 = Int64.max, on connection: isolated Connection
    ) throws -> [Fact] {
        var own: [Fact] = []
        for account in accounts {
            var last: Int64 = -1
            while true {
                let step = min(Self.step, limit - Int64(own.count))
                guard step > 0 else { return own }
                let briefs = try StoredBrief.read(
                    connection.run(.briefs(ofAccount: account.id, after: last, in: size, limit: step)))
                own += try [Fact](briefs)
                guard briefs.count == Int(step), let entry = briefs.last?.entryIndex else { break }
                last = entry
            }
        }
        return try own + self.turning(own, in: size, on: connection)
    }

    /// The model that profiles are published with; the others are for those who ask.
    static let published = Model.standing1

    static func marks(_ accounts: [Account]) -> Set<Mark<Account>> {
        Set(accounts.map { Marking.service.account($0.key) })
    }

    /// The day of the ledger's newest observation.
    func day(_ head: LedgerHead?) -> Day { (head?.observedAt ?? self.authority.now()).day }

    /// Looks up what the document of `assessment` calls its entries.
    func name(_ assessment: inout Assessment, on connection: isolated Connection) throws {
        let located = Set(assessment.located)
        let entries = located.union(assessment.listed)
        guard !entries.isEmpty else { return }
        for row in try connection.run(.names(of: Array(entries))) {
            let entry = try row.int(0)
            assessment.names.commitments[entry] = try row.text(1)
            guard located.contains(entry) else { continue }
            let owner = try row.textOrNil(5).map {
                Account.Key(platform: Platform(rawValue: $0), id: try row.textOrNil(6) ?? "")
            }
            assessment.names.projects[entry] = Project(
                platform: Platform(rawValue: try row.textOrNil(2) ?? ""), id: try row.textOrNil(3) ?? "",
                name: try row.textOrNil(4) ?? "", owner: owner)
        }
    }

    /// Computes the profile of `developer` anew and puts it in place of the last one, unless they were erased meanwhile.
    ///
    /// The developer is locked before the facts are read: an older reading never replaces a newer one, and one from before
    /// an erasure never brings back what that took away.
    func refresh(_ developer: StoredDeveloper, on connection: isolated Connection) throws {
        guard let developer = try connection.lock(developer.id) else { return }
        try self.write(self.assess(developer, on: connection), of: developer, on: connection)
    }

    /// The same without waiting for the standings of the newest facts: the refresher sees to those.
    func refreshAtOnce(_ developer: StoredDeveloper, on connection: isolated Connection) throws {
        guard let developer = try connection.lock(developer.id) else { return }
        let head = try connection.ledgerHead()
        let standings = try self.authority.standings.nearest(by: Self.published, to: head?.size ?? 0, on: connection)
        let assessed = try self.assess(developer, knowing: standings, head: head, on: connection)
        try self.write(assessed, of: developer, on: connection)
    }

    /// Stores the profile, unless it says nothing new: the ledger it names is the one at which it last changed.
    private func write(
        _ assessed: Assessed, of developer: StoredDeveloper, on connection: isolated Connection
    ) throws {
        let document = self.document(handle: developer.handle ?? "", assessed)
        let stored = try connection.run(.profile(ofDeveloper: developer.id)).first?.textOrNil(0)
        if let stored, try JSON(parsing: stored.utf8).without("ledger") == document.without("ledger") { return }
        try self.store(assessed, of: developer, on: connection)
    }

    /// Stores the profile as `assessed`, whatever is stored.
    func store(_ assessed: Assessed, of developer: StoredDeveloper, on connection: isolated Connection) throws {
        let text = self.document(handle: developer.handle ?? "", assessed).canonical
        try connection.writeProfile(
            developer: developer.id, document: text, digest: SHA256.hash(text.utf8).base64URL,
            weightiest: Aggregate.weightiest(of: assessed.assessment),
            facets: assessed.assessment.facets.map(StoredFacet.init))
    }

    /// The facts behind the facets, those first that weigh most in theirs.
    private static func weightiest(of assessment: Assessment) -> [String] {
        let lists = assessment.facets.map(\.evidence)
        var seen: Set<Int64> = []
        return (0..<(lists.map(\.count).max() ?? 0)).flatMap { rank in
            lists.compactMap { $0.count > rank ? $0[rank] : nil }
        }.filter { seen.insert($0).inserted }.map(assessment.names.commitment)
    }

    /// Computes the profiles of all `developers` anew, in one transaction each.
    public func refresh(_ developers: [StoredDeveloper], on connection: Connection) async throws {
        for developer in developers {
            try await connection.transaction { connection in try self.refresh(developer, on: connection) }
        }
    }

    /// Assesses `rows` of somebody who may be nobody's developer, as of the day of the ledger's newest observation.
    func assess(
        _ rows: [StoredEvidence], of subject: Set<Account.Key>, head: LedgerHead?, on connection: isolated Connection
    ) throws -> Assessment {
        let own = try rows.map { row in
            Fact(try Evidence(parsing: row.document.utf8), entry: row.entryIndex, by: .service)
        }
        let facts = try own + self.turning(own, in: head?.size ?? 0, on: connection)
        let standings = try self.authority.standings.nearest(by: Self.published, to: head?.size ?? 0, on: connection)
        var assessment = Scoring.assess(
            facts, of: Set(subject.map(Marking.service.account)), asOf: self.day(head), model: Self.published,
            standings: standings)
        try self.name(&assessment, on: connection)
        return assessment
    }

    /// How many of a facet's facts the document names.
    private static let named = 3

    func document(handle: String, _ assessed: Assessed) -> JSON {
        var members = assessed.assessment.document.object ?? [:]
        members["handle"] = .string(handle)
        members["model"] =
            Model.all.first { $0.id == assessed.assessment.model && $0.version == assessed.assessment.modelVersion }?
            .reference
        members["ledger"] = [
            "origin": .string(assessed.head?.origin ?? self.authority.origin), "size": .int(assessed.head?.size ?? 0),
            "root": .string(Base64.encode(assessed.head?.root ?? [])),
        ]
        members["accounts"] = .array(
            assessed.accounts.map { ["platform": .string($0.key.platform.rawValue), "login": .string($0.login)] })
        members["coverage"] = .array(assessed.coverage.map(\.json))
        members["facets"] = .array(
            zip(members["facets"]?.array ?? [], assessed.assessment.facets).map { document, one in
                var facet = document.object ?? [:]
                facet["coverage"] = assessed.coverage.json(of: one.name)
                facet["evidence"] = .array(Array((facet["evidence"]?.array ?? []).prefix(Self.named)))
                return .object(facet)
            })
        return .object(members)
    }

    /// The model every profile is published with: its id, version and the digest of its weights.
    public static let model: JSON = Self.published.reference
}

extension Model {
    /// How results name the model: its id, version and the digest of its weights.
    public var reference: JSON {
        ["id": .string(self.id), "version": .int(self.version), "digest": .string(self.digest)]
    }
}

extension JSON {
    /// The object without its member `name`.
    func without(_ name: String) -> JSON {
        guard var members = self.object else { return self }
        members[name] = nil
        return .object(members)
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
