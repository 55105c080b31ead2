public import Postgres

/// Issues published profiles anew before their credentials end, so that a link that somebody shared goes on verifying.
public struct Renewal: Sendable {
    private let issue: Issue
    private let connection: Connection

    /// Renewals by `authority` on `connection`.
    public init(authority: Authority, on connection: Connection) {
        self.issue = Issue(authority: authority)
        self.connection = connection
    }

    /// Looks every hour, until cancelled; `report` hears of a turn that failed and will be tried again.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        while true {
            try await Task.sleep(for: .seconds(3_600))
            do {
                if await self.connection.isLost { try await self.connection.reconnect() }
                _ = try await self.issue.renew(on: self.connection)
            } catch {
                report(error)
            }
        }
    }
}
