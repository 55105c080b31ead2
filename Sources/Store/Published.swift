public import Postgres
public import Reputation

extension Connection {
    /// The latest moment at which anything was observed or published, nil before the log was begun.
    public func newestMoment() throws -> Instant? {
        try self.run(
            "SELECT greatest((SELECT observed_at FROM ledger_head), (SELECT published_at FROM published_checkpoint))"
        )[0].secondsOrNil(0).map { Instant(seconds: $0) }
    }
}
