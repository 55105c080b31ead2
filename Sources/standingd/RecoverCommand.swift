internal import Arguments
internal import CanonicalJSON
internal import Client
internal import Service
internal import Store
internal import Transparency

/// Refills a restored database from a copy of the log, or accepts what the database says was shown.
enum RecoverCommand {
    static func run(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--from", "--accept-size"])
        let size = try arguments.value("--accept-size").map { text in
            guard let size = Int64(text), size >= 0 else {
                throw UsageError(reason: "--accept-size takes a number of entries")
            }
            return size
        }
        if let copy = try arguments.value("--from") {
            return try await self.refill(from: copy, accepting: size, arguments)
        }
        guard let size else { throw UsageError(reason: "recover takes --from DIR|URL, --accept-size N or both") }
        return try await self.accept(size, arguments)
    }

    private static func refill(
        from copy: String, accepting accepted: Int64?, _ arguments: Arguments
    ) async throws -> Bool {
        let reader = try LogReader(copy)
        let (head, kinds) = try await Deployment.inspecting(arguments) { deployment, connection in
            let recover = Recover(authority: deployment.authority, directory: deployment.directory)
            let start = try await recover.start(on: connection)
            var entries: [LedgerEntry] = []
            let position: LogPosition
            do {
                position = try await reader.follow(
                    start.claim(reader.note()), from: start.frontier
                ) { entries += try start.entries($0) }
            } catch let alarm as LogAlarm {
                throw RecoveryError.copy(alarm)
            }
            let head = try await recover.refill(
                entries, from: start, to: position, accepting: accepted, on: connection)
            return (head, Dictionary(entries.map { ($0.kind.rawValue, Int64(1)) }, uniquingKeysWith: +))
        }
        let refilled = kinds.values.reduce(0, +)
        let named = kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Operate.report(
            [
                "refilled": .object(kinds.mapValues(JSON.int)), "size": .int(head.size),
                "checkpoint": .string(head.note),
            ],
            refilled == 0
                ? "nothing was missing: the ledger has \(head.size) entries, and its checkpoint is the one seen outside"
                : """
                refilled \(refilled) entries (\(named)) up to the checkpoint of size \(head.size) as it was seen outside.
                standingd: What they committed to is in no copy: those facts, bindings and credentials are lost here. Import the
                standingd: sources again; facts that were lost get new entries. Let people prove accounts again that they bound meanwhile.
                """, arguments)
        return true
    }

    private static func accept(_ size: Int64, _ arguments: Arguments) async throws -> Bool {
        try await Deployment.inspecting(arguments) { deployment, connection in
            try await Recover(authority: deployment.authority, directory: deployment.directory).accept(
                size: size, on: connection)
        }
        Operate.report(
            ["accepted": .int(size)],
            "accepted: the checkpoint of \(size) entries is taken for the largest that was shown", arguments)
        return true
    }
}
