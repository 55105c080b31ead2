public import Postgres
internal import Reputation
internal import Scoring
internal import Store
internal import Synchronization

/// Profiles computed anew since the start, and how long that took.
public struct RefreshCounts: Sendable {
    /// Profiles computed.
    public fileprivate(set) var profiles: Int64 = 0
    /// Microseconds from the first look at the ledger to the last profile stored, over all turns with a profile.
    public fileprivate(set) var microseconds: Int64 = 0
}

/// Computes profiles anew after facts came in, a moment later and once for many facts.
///
/// A turn computes the profiles that new facts are about, and those that see their surroundings in another light now
/// (`Standings.signature`): a confirmer gained standing, a ring closed. When the ledger's day moves on, and on the first
/// turn, it computes all of them. What is stored afterwards is what a rebuild would store.
public final class Refresher: Sendable {
    /// What the profiles were last computed with.
    private struct Last {
        var day: Day?
        var signatures: [Int64: UInt64] = [:]
    }

    private let authority: Authority
    private let connection: Connection
    private let touched = Mutex<Set<Int64>>([])
    private let last = Mutex(Last())
    private let done = Mutex(RefreshCounts())
    private let bell = Bell()

    /// Profiles as `authority` states them, written through `connection`.
    public init(authority: Authority, on connection: Connection) {
        self.authority = authority
        self.connection = connection
    }

    /// What was done since the start.
    public var counts: RefreshCounts { self.done.withLock { $0 } }

    /// Says that there are new facts, those about `developers` among them.
    public func touch(_ developers: Set<Int64>) {
        self.touched.withLock { $0.formUnion(developers) }
        self.bell.ring()
    }

    /// Refreshes what was touched, at most once a second, until cancelled.
    ///
    /// `report` hears of a turn that failed; its developers are tried again with the next ones.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        while true {
            try await self.bell.wait()
            do {
                try await self.turn()
            } catch {
                report(error)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Computes now what is due.
    public func turn() async throws {
        let developers = self.touched.withLock { touched in
            defer { touched = [] }
            return touched
        }
        do {
            if await self.connection.isLost { try await self.connection.reconnect() }
            let start = ContinuousClock.now
            let profiles = try await self.refresh(developers)
            guard profiles > 0 else { return }
            self.done.withLock { done in
                done.profiles += profiles
                done.microseconds += Int64((ContinuousClock.now - start) / .microseconds(1))
            }
        } catch {
            self.touched.withLock { $0.formUnion(developers) }
            throw error
        }
    }

    private func refresh(_ touched: Set<Int64>) async throws -> Int64 {
        let aggregate = Aggregate(authority: self.authority)
        let (day, signatures) = try await self.connection.transaction { connection in
            let head = try connection.ledgerHead()
            let standings = try self.authority.standings.standings(
                by: Aggregate.published, of: head?.size ?? 0, on: connection)
            let accounts = try StoredDeveloper.accounts(connection.run(.accountsOfDevelopers))
            return (aggregate.day(head), accounts.mapValues { standings.signature(of: Aggregate.marks($0)) })
        }
        let before = self.last.withLock { $0 }
        let due = signatures.filter { developer, signature in
            touched.contains(developer) || before.day != day || before.signatures[developer] != signature
        }
        let known = try await StoredDeveloper.read(self.connection.run(.developers(due.keys.sorted())))
        try await aggregate.refresh(known, on: self.connection)
        self.last.withLock { $0 = Last(day: day, signatures: signatures) }
        return Int64(known.count)
    }
}
