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
    private static let piece: Int64 = 50_000

    /// Some accounts one after another, by our numbers, and how many facts they have.
    private struct Stretch {
        var accounts: ClosedRange<Int64>
        var facts: Int64
    }

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
    /// The database gives facts piece by piece while other threads reckon with the last ones.
    public func rebuild(on connection: Connection) async throws -> RebuildSummary {
        let head = try await connection.ledgerHead()
        let size = head?.size ?? 0
        let erasure = try await connection.run(.newestErasure)[0].int(0)
        let (standings, stretches) = try await self.standings(of: size, on: connection)
        self.authority.standings.keep(standings, by: Self.published, of: size, erasure: erasure)
        let results = try await self.results(stretches, knowing: standings, head: head, on: connection).sorted()
        var digest = SHA256()
        for result in results { digest.update(result.digest) }
        let developers = try await StoredDeveloper.read(connection.run(.developers))
        try await self.refresh(developers, on: connection)
        return RebuildSummary(
            accounts: Int64(results.count), evidence: results.reduce(0) { $0 + Int64($1.facts) },
            developers: Int64(developers.count), digest: digest.finish().hex)
    }

    /// The standings of the first `size` entries, and the accounts that have facts there.
    private func standings(
        of size: Int64, on connection: Connection
    ) async throws -> (Standings, [Stretch]) {
        var standings = Standings(by: Self.published)
        var counts: [Int64: Int64] = [:]
        let pieces = stride(from: 0, to: size, by: Int64.Stride(Self.piece)).map { ($0, min(size, $0 + Self.piece)) }
        try await self.each(of: pieces) { start, end in
            let briefs = try await StoredBrief.read(
                connection.run(.briefs(from: start, to: end, limit: end - start)))
            return (try [Fact](briefs), briefs.map(\.account))
        } body: { (facts: [Fact], accounts: [Int64]) in
            for fact in facts { standings.add(fact) }
            for account in accounts { counts[account, default: 0] += 1 }
        }
        standings.settle()
        return (standings, self.stretches(counts))
    }

    private func stretches(_ counts: [Int64: Int64]) -> [Stretch] {
        var stretches: [Stretch] = []
        for (account, facts) in counts.sorted(by: { $0.key < $1.key }) {
            if let last = stretches.last, last.facts + facts <= Self.piece {
                stretches[stretches.count - 1] = Stretch(
                    accounts: last.accounts.lowerBound...account, facts: last.facts + facts)
            } else {
                stretches.append(Stretch(accounts: account...account, facts: facts))
            }
        }
        return stretches
    }

    private func results(
        _ stretches: [Stretch], knowing standings: Standings, head: LedgerHead?, on connection: Connection
    ) async throws -> [Result] {
        let day = self.day(head)
        let size = head?.size ?? 0
        var results: [Result] = []
        try await self.each(of: stretches) { stretch in
            let facts = try await [Fact](
                StoredBrief.read(connection.run(.briefs(ofAccounts: stretch.accounts, in: size))))
            var results: [Result] = []
            var rest = facts[...]
            while let account = rest.first?.account {
                let own = rest.prefix { $0.account == account }
                rest = rest[own.endIndex...]
                let assessment = Scoring.assess(
                    Array(own), of: [account], asOf: day, model: Self.published, standings: standings)
                results.append(
                    Result(account: account, digest: SHA256.hash(assessment.fingerprint).bytes, facts: own.count))
            }
            return results
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
