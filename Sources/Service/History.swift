public import CanonicalJSON
internal import Crypto
public import Postgres
public import Reputation
public import Scoring
internal import Store
internal import Synchronization
internal import Transparency

/// From when a profile is wanted.
public enum Moment: Sendable, Hashable {
    /// As it stands.
    case present
    /// What happened up to the end of this day, as far as the ledger knows by now.
    case day(Day)
    /// What the ledger's first entries said, on the day it was that large.
    case size(Int64)
}

/// Why a profile was not reckoned.
public enum HistoryError: Error, Equatable {
    /// The developer has more facts than are reckoned with on demand.
    case tooMuch(limit: Int64)
    /// Others wait already.
    case busy
    /// The ledger never was that large.
    case neverThatLarge
}

/// Profiles reckoned on demand: as of a moment, by another model, row by row.
///
/// One at a time on a connection of its own, so that those who ask cannot keep others from reading or writing.
public final class History: Sendable {
    /// A developer's evidence as one moment and one model have it.
    struct View {
        let assessment: Assessment
        /// What the assessment was made of, and the standings it knew.
        let facts: [Fact]
        let standings: Standings
        let accounts: [Account]
        let coverage: [SourceCoverage]
        let head: LedgerHead?
    }

    /// How many facts of one developer are reckoned with on demand. Stored profiles know no limit.
    static let mostFacts: Int64 = 200_000
    /// How many may wait.
    private static let mostWaiting = 8

    let authority: Authority
    private let connection: Connection
    private let waiting = Mutex(0)

    /// What `authority` states, read through `connection`, which nobody else uses.
    public init(authority: Authority, on connection: Connection) {
        self.authority = authority
        self.connection = connection
    }

    /// The profile of `handle` from `moment` by `model`; nil when there is none that is published.
    ///
    /// - Throws: `HistoryError`.
    public func profile(_ handle: String, from moment: Moment, by model: Model) async throws -> JSON? {
        try await self.with(handle) { connection, developer in
            let view = try self.view(of: developer, from: moment, by: model, on: connection)
            let assessed = Aggregate.Assessed(
                accounts: view.accounts, assessment: view.assessment, coverage: view.coverage, head: view.head)
            return Aggregate(authority: self.authority).document(handle: handle, assessed)
        }
    }

    /// Runs `body` with the published developer called `handle`, in one transaction; nil when there is none.
    func with<Value: Sendable>(
        _ handle: String, _ body: @Sendable (isolated Connection, StoredDeveloper) throws -> Value
    ) async throws -> Value? {
        let isTaken = self.waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { throw HistoryError.busy }
        defer { self.waiting.withLock { $0 -= 1 } }
        if await self.connection.isLost { try await self.connection.reconnect() }
        return try await self.connection.transaction { connection in
            let rows = try connection.run(.publishedDeveloper(handle))
            return try StoredDeveloper.read(rows).first.map { try body(connection, $0) }
        }
    }

    /// What `model` says of `developer` from `moment`.
    func view(
        of developer: StoredDeveloper, from moment: Moment, by model: Model, on connection: isolated Connection
    ) throws -> View {
        let aggregate = Aggregate(authority: self.authority)
        let (head, day) = try self.head(of: moment, on: connection)
        let size = head?.size ?? 0
        let stored = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id)))
        let facts = try aggregate.facts(of: stored, in: size, limit: Self.mostFacts + 1, on: connection)
        guard facts.count <= Self.mostFacts else { throw HistoryError.tooMuch(limit: Self.mostFacts) }
        let accounts = stored.map(\.account)
        let standings = try self.standings(by: model, of: size, from: moment, on: connection)
        var assessment = assess(
            facts, of: Aggregate.marks(accounts), asOf: day, model: model, standings: standings)
        try aggregate.name(&assessment, on: connection)
        return View(
            assessment: assessment, facts: facts, standings: standings, accounts: accounts,
            coverage: try SourceCoverage.read(connection.run(.coverage)),
            head: head)
    }

    /// A day only says how much of the subject's evidence counts; the people around are those the ledger knows by now. At
    /// a size they are those it knew then, who are reckoned from the beginning.
    private func standings(
        by model: Model, of size: Int64, from moment: Moment, on connection: isolated Connection
    ) throws -> Standings {
        guard case .size = moment, try connection.ledgerHead()?.size != size else {
            return try self.authority.standings.standings(by: model, of: size, on: connection)
        }
        var standings = Standings(by: model)
        guard model.knowsOthers else { return standings }
        for start in stride(from: 0, to: size, by: Int64.Stride(StandingsBook.step)) {
            for fact in try connection.facts(from: start, to: min(size, start + StandingsBook.step)) {
                standings.add(fact)
            }
        }
        standings.settle()
        return standings
    }

    /// The ledger that a moment is about, and the day up to which facts count.
    private func head(of moment: Moment, on connection: isolated Connection) throws -> (LedgerHead?, Day) {
        let head = try connection.ledgerHead()
        let today = Aggregate(authority: self.authority).day(head)
        switch moment {
        case .present: return (head, today)
        case .day(let day): return (head, min(day, today))
        case .size(let size):
            guard let head, size <= head.size else { throw HistoryError.neverThatLarge }
            guard size < head.size else { return (head, today) }
            let tiles = Frontier.growingTiles(size: size)
            let edge = try Frontier(size: size, tiles: TileSet.read(connection.run(.tiles(tiles)), tiles))
            let day = try connection.run(.ledgerDay(ofSize: size)).first.map { Day(number: try $0.day(0)) } ?? today
            return (
                LedgerHead(
                    origin: head.origin, size: size, root: edge.root.bytes, note: "", observedAt: day.start), day
            )
        }
    }
}
