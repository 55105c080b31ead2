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
/// (`Standings.Signature`): a confirmer gained standing, a ring closed. Of the signatures it reckons again only what the
/// news since the last turn concern. When the ledger's day moves on, and on the first turn, it computes all of them. What is stored afterwards is what a rebuild would store.
public final class Refresher: Sendable {
    /// What the profiles were last computed with.
    private struct Last {
        var day: Day?
        var growth: Growth?
        var seen: [Int64: Seen] = [:]
    }

    /// What a developer's profile took from the standings, by the accounts they had.
    private struct Seen: Equatable {
        let subject: Set<Mark<Account>>
        let signature: Standings.Signature
    }

    private let authority: Authority
    private let connection: Connection
    private let touched = Mutex(Touched())
    private let last = Mutex(Last())
    private let done = Mutex(RefreshCounts())
    private let bell = Bell()
    private let latest = Mutex<Task<Void, any Error>?>(nil)

    /// Profiles as `authority` states them, written through `connection`.
    public init(authority: Authority, on connection: Connection) {
        self.authority = authority
        self.connection = connection
    }

    /// What was done since the start.
    public var counts: RefreshCounts { self.done.withLock { $0 } }

    /// How many entries of the ledger the standings of everybody are of; after a start it takes a while to come up to all.
    public var reckonedSize: Int64 { self.authority.standings.size(by: Aggregate.published) }

    /// Says that there are new facts, and what they touch.
    func touch(_ new: Touched) {
        self.touched.withLock { $0.formUnion(new) }
        self.bell.ring()
    }

    /// Refreshes what was touched, at most once a second, until cancelled.
    ///
    /// `report` hears of a turn that failed; its developers are tried again with the next ones.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        while true {
            try await self.bell.wait()
            do {
                try await withTaskCancellationHandler {
                    try await self.turn()
                } onCancel: {
                    self.latest.withLock { $0?.cancel() }
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                report(error)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Computes now what is due, after the turn that is under way.
    public func turn() async throws {
        let turn = self.latest.withLock { latest in
            let turn = Task { [latest] in
                _ = await latest?.result
                try await self.turnAlone()
            }
            latest = turn
            return turn
        }
        try await turn.value
    }

    private func turnAlone() async throws {
        let touched = self.touched.withLock { touched in
            defer { touched = Touched() }
            return touched
        }
        do {
            if await self.connection.isLost { try await self.connection.reconnect() }
            let start = ContinuousClock.now
            let profiles = try await self.refresh(touched)
            guard profiles > 0 else { return }
            self.done.withLock { done in
                done.profiles += profiles
                done.microseconds += Int64((ContinuousClock.now - start) / .microseconds(1))
            }
        } catch {
            self.touched.withLock { $0.formUnion(touched) }
            throw error
        }
    }

    private func refresh(_ touched: Touched) async throws -> Int64 {
        let aggregate = Aggregate(authority: self.authority)
        let before = self.last.withLock { $0 }
        try await self.catchUp()
        let (now, concerned) = try await self.connection.transaction { connection in
            let head = try connection.ledgerHead()
            let standings = try self.authority.standings.standings(
                by: Aggregate.published, of: head?.size ?? 0, on: connection)
            let accounts = try StoredDeveloper.accounts(connection.run(.accountsOfDevelopers))
            let now = Last(
                day: aggregate.day(head), growth: standings.growth,
                seen: Self.look(at: accounts.mapValues(Aggregate.marks), in: standings, since: before))
            return (now, try touched.developers(on: connection))
        }
        let due = now.seen.filter { developer, seen in
            concerned.contains(developer) || before.day != now.day || before.seen[developer] != seen
        }
        let known = try await StoredDeveloper.read(self.connection.run(.developers(due.keys.sorted())))
        try await aggregate.refresh(known, on: self.connection)
        self.last.withLock { $0 = now }
        return Int64(known.count)
    }

    /// Takes into the standings what the ledger has grown by, and rests after each step twice as long as it took; while
    /// facts come in by the thousand, twenty times as long.
    ///
    /// After a start that is the whole ledger: of ten million facts more than a minute of work. Done at one go it kept a
    /// processor and a backend from those who want an answer, and a proof in a hundred waited 25 ms in place of 3. And
    /// during a large import it took a sixth of what the service could do, for profiles that the next batch makes old.
    private func catchUp() async throws {
        let clock = ContinuousClock()
        var inflow: Inflow?
        while true {
            let start = clock.now
            let (isDone, size) = try await self.connection.transaction { connection in
                let size = try connection.ledgerHead()?.size ?? 0
                return (try self.authority.standings.advance(by: Aggregate.published, to: size, on: connection), size)
            }
            if isDone { return }
            inflow = inflow?.followed(by: size, at: clock.now) ?? Inflow(size: size, since: clock.now)
            try await clock.rest(inflow?.isLarge == true ? 20 : 2, sinceStepAt: start)
        }
    }

    /// How fast facts come in, looked at second by second: a batch comes at once, and between two there is nothing.
    private struct Inflow {
        let size: Int64
        let since: ContinuousClock.Instant
        /// Whether they came by the thousand in the last whole second that was looked at.
        var isLarge = false

        /// What is known when the ledger has `size` entries at `now`.
        func followed(by size: Int64, at now: ContinuousClock.Instant) -> Inflow {
            let seconds = (now - self.since) / .seconds(1)
            guard seconds >= 1 else { return self }
            return Inflow(size: size, since: now, isLarge: Double(size - self.size) >= 1_000 * seconds)
        }
    }

    /// The signatures of `subjects` in `standings`: those there were `before`, brought up to date.
    private static func look(
        at subjects: [Int64: Set<Mark<Account>>], in standings: Standings, since before: Last
    ) -> [Int64: Seen] {
        let news = before.growth.flatMap { standings.news(since: $0) }
        return Dictionary(
            uniqueKeysWithValues: subjects.map { developer, subject in
                let signature =
                    if let news, let seen = before.seen[developer], seen.subject == subject {
                        standings.signature(of: subject, after: news, from: seen.signature)
                    } else {
                        standings.signature(of: subject)
                    }
                return (developer, Seen(subject: subject, signature: signature))
            })
    }
}
