internal import Arguments
internal import CanonicalJSON
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// The keys that sign: which they are, a new one, the end of an old one.
enum KeysCommand {
    static func run(_ words: [String], _ arguments: Arguments) async throws -> Bool {
        switch (words.first, words.dropFirst().first.flatMap(KeyRecord.Use.init), words.count) {
        case ("list", nil, 1): return try await self.list(arguments)
        case ("rotate", let use?, 2): return try await self.rotate(use, arguments)
        case ("retire", let use?, 2): return try await self.retire(use, arguments)
        default:
            throw UsageError(
                reason:
                    "keys takes: list, rotate USE, retire USE --key NAME; USE is ledger, credentials, badges or proofs")
        }
    }

    private static func list(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        try await Deployment.inspecting(arguments) { deployment, connection in
            let book = KeyBook(try await KeyRecord.read(connection.run(.issuerKeys)))
            let origin = try await connection.ledgerHead()?.origin
            if arguments.has("--json") {
                var members: [String: JSON] = ["records": .array(book.records.reversed().map(\.json))]
                for use in KeyRecord.Use.allCases {
                    members[use.rawValue] = .array(
                        KeyBook.present(use, of: deployment.authority, origin: origin).map(JSON.string))
                }
                return print(JSON.object(members).canonical)
            }
            for use in KeyRecord.Use.allCases {
                let keys = KeyBook.present(use, of: deployment.authority, origin: origin)
                let said = book.keys(use)
                for key in keys where !said.contains(where: { $0.key == key }) {
                    print("\(use.rawValue)  signing  \(key)  never rotated")
                }
                for record in said { print(self.line(record)) }
            }
        }
        return true
    }

    private static func line(_ record: KeyRecord) -> String {
        let until = record.until.map { " until \($0.rfc3339)" } ?? ""
        return "\(record.use.rawValue)  \(record.state.rawValue)\(until)  \(record.key)  entry \(record.entryIndex)"
    }

    private static func rotate(_ use: KeyRecord.Use, _ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        let record = try await Deployment.inspecting(arguments) { deployment, connection in
            let record = try await KeyRotation(authority: deployment.authority, directory: deployment.directory)
                .rotate(use, on: connection)
            try await deployment.reloadingKeys().publish(on: connection)
            return record
        }
        Operate.report(
            record.json,
            """
            from now on \(record.key) signs, as entry \(record.entryIndex) says. Start the service again: until then it records nothing.
            standingd: Copy keys/ to offline storage, and tell whoever pinned the old key.
            """, arguments)
        return true
    }

    private static func retire(_ use: KeyRecord.Use, _ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--key", "--compromised"])
        guard let name = try arguments.value("--key") else { throw UsageError(reason: "keys retire needs --key NAME") }
        let record = try await Deployment.inspecting(arguments) { deployment, connection in
            let record = try await KeyRotation(authority: deployment.authority, directory: deployment.directory).retire(
                use, key: name, isCompromised: arguments.has("--compromised"), on: connection)
            try await deployment.reloadingKeys().publish(on: connection)
            return record
        }
        Operate.report(
            record.json,
            "\(record.key) has ended, as entry \(record.entryIndex) says; its file is in keys/retired. Start the service again.",
            arguments)
        return true
    }
}
