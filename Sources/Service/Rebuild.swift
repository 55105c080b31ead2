public import CanonicalJSON
internal import Crypto
public import Postgres
internal import Reputation
internal import Scoring
internal import Store

/// What `rebuild` did.
public struct RebuildSummary: Sendable {
    /// Accounts with evidence, facts, and developers whose profile was reckoned.
    public var accounts: Int64 = 0
    /// See `accounts`.
    public var evidence: Int64 = 0
    /// See `accounts`.
    public var developers: Int64 = 0
    /// Hex SHA-256 over the assessment of every account: the same facts give the same digest, in whatever order they were
    /// imported.
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
    /// Facts in one piece of work, but that an account is never cut in two.
    private static let piece = 50_000

    /// What one account came to.
    private struct Result: Comparable {
        let account: Mark<Account>
        let digest: [UInt8]
        let facts: Int

        static func < (left: Result, right: Result) -> Bool { left.account < right.account }
    }

    /// Computes everything from the ledger again: every developer's profile is stored, and what each account alone
    /// would be assessed as goes into a digest, so that two rebuilds can be compared without storing anything about
    /// people who did not ask for it.
    ///
    /// The database gives the briefs once, piece by piece, while other threads reckon with the last ones; for the accounts
    /// they are kept in memory.
    public func rebuild(on connection: Connection) async throws -> RebuildSummary {
        let head = try await connection.ledgerHead()
        let size = head?.size ?? 0
        let erasure = try await connection.run(.newestErasure)[0].int(0)
        let (standings, briefs) = try await self.standings(of: size, on: connection)
        self.authority.standings.keep(standings, by: Self.published, of: size, erasure: erasure)
        let results = try await self.results(of: briefs, knowing: standings, asOf: self.day(head)).sorted()
        var digest = SHA256()
        for result in results { digest.update(result.digest) }
        let developers = try await StoredDeveloper.read(connection.run(.developers))
        try await self.refresh(developers, on: connection)
        return RebuildSummary(
            accounts: Int64(results.count), evidence: results.reduce(0) { $0 + Int64($1.facts) },
            developers: Int64(developers.count), digest: digest.finish().hex)
    }

    /// The standings of the first `size` entries, and the briefs they were reckoned from.
    private func standings(
        of size: Int64, on connection: Connection
    ) async throws -> (Standings, BriefsByAccount) {
        var standings = Standings(by: Self.published)
        var kept = BriefsByAccount()
        let step = Int64(Self.piece)
        let pieces = stride(from: 0, to: size, by: Self.piece).map { ($0, min(size, $0 + step)) }
        try await self.each(of: pieces) { start, end in
            let briefs = try await StoredBrief.read(
                connection.run(.briefs(from: start, to: end, limit: end - start)))
            return (try [Fact](briefs), briefs)
        } body: { (facts: [Fact], briefs: [StoredBrief]) in
            for fact in facts { standings.add(fact) }
            kept.add(briefs)
        }
        standings.settle()
        return (standings, kept)
    }

    private func results(
        of briefs: BriefsByAccount, knowing standings: Standings, asOf day: Day
    ) async throws -> [Result] {
        var results: [Result] = []
        try await self.each(of: briefs.runs(of: Self.piece)) { run in
            try run.map { number in
                let facts = try briefs.facts(about: number)
                let account = facts[0].account
                let assessment = Scoring.assess(
                    facts, of: [account], asOf: day, model: Self.published, standings: standings)
                return Result(
                    account: account, digest: SHA256.hash(assessment.fingerprint).bytes, facts: facts.count)
            }
        } body: { (some: [Result]) in
            results += some
        }
        return results
    }

    /// Does `work` on each of `pieces`, three at a time, and gives what comes of it to `body`, whichever is done first.
    private func each<Piece: Sendable, Value: Sendable>(
        of pieces: [Piece], _ work: @Sendable @escaping (Piece) async throws -> Value, body: (Value) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for (place, piece) in pieces.enumerated() {
                if place >= 3, let value = try await group.next() { body(value) }
                group.addTask { try await work(piece) }
            }
            while let value = try await group.next() { body(value) }
        }
    }
}
