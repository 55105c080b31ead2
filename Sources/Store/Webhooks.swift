public import Postgres
public import Reputation

/// One delivery of a webhook that was taken.
public struct TakenDelivery: Sendable {
    /// The forge that sent it, `github`.
    public let forge: String
    /// The forge's name for it.
    public let delivery: String
    /// The SHA-256 of its body.
    public let digest: [UInt8]

    /// A delivery.
    public init(forge: String, delivery: String, digest: [UInt8]) {
        self.forge = forge
        self.delivery = delivery
        self.digest = digest
    }
}

extension Connection {
    /// Whether `delivery` was taken before, under its name or with its body under another.
    public func hasTaken(_ delivery: TakenDelivery) throws -> Bool {
        let rows = try self.run(
            """
            SELECT 1 FROM webhook_deliveries
            WHERE forge = \(delivery.forge) AND (delivery = \(delivery.delivery) OR digest = \(delivery.digest))
            LIMIT 1
            """)
        return !rows.isEmpty
    }

    /// Notes that `delivery` was taken; false when it was before. Those received before `forgotten` are dropped.
    public func take(_ delivery: TakenDelivery, at now: Instant, forgetting forgotten: Instant) throws -> Bool {
        try self.run(
            "DELETE FROM webhook_deliveries WHERE received_at < \(Timestamp(seconds: forgotten.seconds))")
        let rows = try self.run(
            """
            INSERT INTO webhook_deliveries (forge, delivery, digest, received_at)
            VALUES (\(delivery.forge), \(delivery.delivery), \(delivery.digest), \(Timestamp(seconds: now.seconds)))
            ON CONFLICT DO NOTHING RETURNING 1
            """)
        return !rows.isEmpty
    }

    /// Adds a delivery of `moment` to what the webhooks of `locator` cover, and returns the number of that import.
    ///
    /// It never becomes complete: a webhook tells what happens while it is on, and nothing of before.
    public func noteDelivery(adapter: String, locator: String, of moment: Instant?, at now: Instant) throws -> Int64 {
        let moment = moment.map { Timestamp(seconds: $0.seconds) }
        let now = Timestamp(seconds: now.seconds)
        let rows = try self.run(
            """
            INSERT INTO imports (adapter, locator, records, first_at, last_at, reason, started_at, updated_at)
            VALUES (\(adapter), \(locator), 1, \(moment), \(moment), 'tells what happens while it is on', \(now), \(now))
            ON CONFLICT (adapter, locator) DO UPDATE SET records = imports.records + 1,
                first_at = least(imports.first_at, excluded.first_at),
                last_at = greatest(imports.last_at, excluded.last_at), updated_at = excluded.updated_at
            RETURNING id
            """)
        return try rows[0].int(0)
    }
}
