internal import Arguments
internal import CanonicalJSON
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// What was issued to somebody, and taking it back.
enum CredentialsCommand {
    static func run(_ words: [String], _ arguments: Arguments) async throws -> Bool {
        let changes = ["revoke": "revoked", "suspend": "suspended", "reinstate": "valid"]
        switch (words.first, words.dropFirst().first, words.count) {
        case ("list", nil, 1): return try await self.list(arguments)
        case ("renew", nil, 1): return try await self.renew(arguments)
        case (let verb?, let id?, 2):
            guard let word = changes[verb] else { break }
            return try await self.set(id, to: word, arguments)
        default: break
        }
        throw UsageError(
            reason: "credentials takes: list --handle HANDLE, revoke ID, suspend ID, reinstate ID, renew")
    }

    private static func list(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--handle"])
        guard let handle = try arguments.value("--handle") else {
            throw UsageError(reason: "credentials list needs --handle HANDLE")
        }
        try await Deployment.inspecting(arguments) { deployment, connection in
            let now = deployment.authority.now()
            let records = try CredentialRecord.read(
                await connection.run(.credentialRecords(handle: handle, at: now)))
            if arguments.has("--json") {
                return print((["credentials": .array(records.map(\.json))] as JSON).canonical)
            }
            for record in records {
                let status = record.json["status"]?.string ?? ""
                print("\(record.id)  \(record.format)  \(status)  until \(record.expiresAt.rfc3339)")
            }
        }
        return true
    }

    private static func set(_ id: String, to word: String, _ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        let record = try await Deployment.with(arguments) { deployment, connection in
            let record = try await Revoke(authority: deployment.authority, journal: deployment.statuses)
                .set(id, to: word, of: nil, on: connection)
            try await deployment.publish(on: connection)
            return record
        }
        Operate.report(
            record.json, "the credential \(id) is \(word) from now on; the lists that say so are published", arguments)
        return true
    }

    private static func renew(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        let count = try await Deployment.with(arguments) { deployment, connection in
            let count = try await Issue(authority: deployment.authority).renew(on: connection)
            try await deployment.publish(on: connection)
            return Int64(count)
        }
        Operate.report(["renewed": .int(count)], "\(count) profiles issued anew", arguments)
        return true
    }
}
