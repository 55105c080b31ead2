public import CanonicalJSON
internal import Crypto
public import Postgres
internal import Reputation
internal import Scoring
internal import Store

/// The stranger whose change a maintainer is about to review, and what is known of the change.
public struct EvaluationRequest: Sendable {
    /// The account, by login or by the platform's id.
    public var platform: String
    /// See `platform`.
    public var login: String?
    /// The platform's own id, when the login is not known.
    public var accountID: String?
    /// The repository the change is for, `owner/name`, where it matters.
    public var repository: String?
    /// Changed lines, where known.
    public var changedLines: Int64?
    /// What the author says about assistance by tools: `disclosed`, `none`, or nil when nothing was said.
    public var assistance: String?

    /// A request about `login` of `platform`.
    public init(
        platform: String, login: String?, accountID: String? = nil, repository: String? = nil,
        changedLines: Int64? = nil, assistance: String? = nil
    ) {
        self.platform = platform
        self.login = login
        self.accountID = accountID
        self.repository = repository
        self.changedLines = changedLines
        self.assistance = assistance
    }
}

/// Facts about a stranger and what the policy makes of them. Advice for a person, never a verdict about one.
public struct Evaluate: Sendable {
    let authority: Authority

    /// Evaluation by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// How many rows of one account are read at most for one question.
    static let rowLimit: Int64 = 5_000

    /// Evaluates `request` for `reader`; without one, only what the subject published is looked at.
    ///
    /// An account nobody heard of, one nobody claimed and one whose owner hides it get the same answer from a reader
    /// without a key.
    public func evaluate(_ request: EvaluationRequest, by reader: Reader?, on connection: Connection) async throws
        -> JSON
    {
        let now = self.authority.now()
        return try await connection.transaction { connection in
            let head = try connection.ledgerHead()
            let known = try self.known(request, to: reader, head: head, on: connection)
            if let developer = known?.developer, let reader {
                try connection.logAccess(
                    to: [developer.id], reader: reader.name, act: "evaluate",
                    query: request.repository.map { "change in \($0)" } ?? "a change", at: now)
            }
            let assessment = try Aggregate(authority: self.authority).assess(
                known?.rows ?? [], of: known?.subject ?? [], head: head, on: connection)
            let here = try Standing(here: request.repository, in: known?.rows ?? [], counted: assessment)
            let results = Policy.standard.apply(assessment, here: here, request: request)
            return self.answer(
                request, results: results, assessment: assessment, here: here, known: known, head: head)
        }
    }

    private struct Known {
        var rows: [StoredEvidence]
        var subject: Set<Account.Key>
        var developer: StoredDeveloper?
        var truncated: Bool
    }

    private func known(
        _ request: EvaluationRequest, to reader: Reader?, head: LedgerHead?, on connection: isolated Connection
    ) throws -> Known? {
        guard let account = try self.account(request, on: connection) else { return nil }
        let developer = try StoredDeveloper.read(connection.run(.developer(ofAccount: account.id))).first
        if let developer, developer.state == "published" {
            let accounts = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id)))
            return Known(
                rows: try StoredEvidence.read(
                    connection.run(.evidence(ofDeveloper: developer.id, in: head?.size ?? 0))),
                subject: Set(accounts.map(\.account.key)), developer: developer, truncated: false)
        }
        guard let reader, ["maintainer", "admin"].contains(reader.scope),
            developer == nil || developer?.state == "claimed"
        else { return nil }
        let rows = try StoredEvidence.read(connection.run(.evidence(ofAccount: account.id, limit: Self.rowLimit)))
        return Known(
            rows: rows, subject: [account.account.key], developer: developer,
            truncated: rows.count == Int(Self.rowLimit))
    }

    private func account(_ request: EvaluationRequest, on connection: isolated Connection) throws -> StoredAccount? {
        if request.platform == Platform.email.rawValue, let address = request.login {
            let key = self.authority.pseudonym(of: Account.Key(platform: .email, id: address))
            return try StoredAccount.read(
                connection.run(.account(platform: key.platform.rawValue, platformID: key.id))
            ).first
        }
        if let id = request.accountID {
            return try StoredAccount.read(connection.run(.account(platform: request.platform, platformID: id))).first
        }
        return try StoredAccount.read(
            connection.run(.account(platform: request.platform, login: request.login ?? ""))
        ).first
    }

    private func answer(
        _ request: EvaluationRequest, results: [PolicyResult], assessment: Assessment, here: Standing, known: Known?,
        head: LedgerHead?
    ) -> JSON {
        let document = assessment.document
        let deciding = results.first { $0.applies }
        return [
            "outcome": .string((deciding?.outcome ?? .insufficientEvidence).rawValue),
            "reasons": .array(results.map(\.json)),
            "account": [
                "platform": .string(request.platform),
                "login": request.login.map(JSON.string) ?? .null, "id": request.accountID.map(JSON.string) ?? .null,
            ],
            "profile": (known?.developer?.state == "published" ? known?.developer?.handle : nil).map {
                .string("\(self.authority.settings.publicURL)/p/\($0)")
            } ?? .null,
            "facets": document["facets"] ?? [], "here": here.json, "complete": .bool(known?.truncated != true),
            "policy": .string(Policy.standard.id), "model": Aggregate.model,
            "as_of": document["as_of"] ?? .null,
            "ledger": [
                "origin": .string(head?.origin ?? self.authority.origin), "size": .int(head?.size ?? 0),
                "root": .string(Base64.encode(head?.root ?? [])),
            ],
            "advice":
                "This is advice for the person who decides. It never closes a change and says nothing about newcomers.",
        ]
    }
}
