internal import Arguments
internal import CanonicalJSON
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// Records that could not be taken: what they are, and another try.
enum QuarantineCommand {
    private static let shown: Int64 = 100_000

    static func run(_ words: [String], _ arguments: Arguments) async throws -> Bool {
        switch words.first {
        case "list" where words.count == 1:
            try arguments.allow([])
            return try await Deployment.inspecting(arguments) { _, connection in
                try self.list(StoredQuarantine.read(await connection.run(.quarantine(limit: self.shown))), arguments)
            }
        case "replay":
            guard !arguments.has("--dry-run") else { throw UsageError(reason: "quarantine replay takes no --dry-run") }
            let openings = try ImportCommand.openings(Array(words.dropFirst()), arguments)
            return try await Deployment.with(arguments) { deployment, connection in
                _ = try await deployment.erase(on: connection)
                let run = ImportRun(deployment: deployment, connection: connection, isJSON: arguments.has("--json"))
                return try await run.all(openings, isReplay: true)
            }
        default: throw UsageError(reason: "quarantine takes list, or replay SOURCE with the source read again")
        }
    }

    private static func list(_ records: [StoredQuarantine], _ arguments: Arguments) throws -> Bool {
        let rows = records.map { record -> JSON in
            [
                "adapter": .string(record.adapter), "source": .string(record.locator),
                "position": .string(record.position), "reason": .string(record.reason),
                "digest": .string(record.digest), "noted_at": .string(record.noted.rfc3339),
            ]
        }
        if arguments.has("--json") {
            print(JSON.array(rows).canonical)
        } else {
            for record in records {
                print("\(record.adapter) \(record.locator) \(record.position): \(record.reason)")
            }
            complain("\(records.count) records in quarantine")
        }
        return true
    }
}
