public import Postgres
internal import Store
internal import Synchronization

/// Computes profiles anew after facts about their developers came in, a moment later and once for many facts.
public final class Refresher: Sendable {
    private let authority: Authority
    private let connection: Connection
    private let touched = Mutex<Set<Int64>>([])
    private let bell = Bell()

    /// Profiles as `authority` states them, written through `connection`.
    public init(authority: Authority, on connection: Connection) {
        self.authority = authority
        self.connection = connection
    }

    /// Says that there are new facts about `developers`.
    public func touch(_ developers: Set<Int64>) {
        guard !developers.isEmpty else { return }
        self.touched.withLock { $0.formUnion(developers) }
        self.bell.ring()
    }

    /// Refreshes what was touched, at most once a second, until cancelled.
    ///
    /// `report` hears of a turn that failed; its developers are tried again with the next ones.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        while true {
            try await self.bell.wait()
            let developers = self.touched.withLock { touched in
                defer { touched = [] }
                return touched
            }
            do {
                try await self.refresh(developers)
            } catch {
                self.touched.withLock { $0.formUnion(developers) }
                report(error)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func refresh(_ developers: Set<Int64>) async throws {
        if await self.connection.isLost { try await self.connection.reconnect() }
        let known = try await StoredDeveloper.read(self.connection.run(.developers))
        try await Aggregate(authority: self.authority).refresh(
            known.filter { developers.contains($0.id) }, on: self.connection)
    }
}
