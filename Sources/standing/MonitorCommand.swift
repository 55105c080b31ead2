internal import Arguments
internal import Client
internal import Foundation
internal import Transparency

/// `standing monitor`: follows a log as a stranger who does not trust it.
struct MonitorCommand {
    let log: LogReader
    let mirrors: [LogReader]
    let key: VerifierKey?
    let policy: MonitorPolicy?
    let stateFile: String
    /// The file of what the owner knows to have done; read anew at every look.
    let expect: String?
    let keep: KeptLog?
    /// How long to wait between looks; nil for one look.
    let pause: Duration?
    let report: MonitorReport

    static let options: Set<String> = [
        "--state", "--mirror", "--key", "--policy", "--expect", "--keep", "--once", "--every",
    ]

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(Self.options)
        guard operands.count == 1 else { throw UsageError(reason: "monitor takes one URL") }
        guard let state = try arguments.value("--state") else {
            throw UsageError(reason: "monitor needs --state FILE, to remember what it saw")
        }
        self.log = try Self.reader(operands[0])
        self.mirrors = try arguments.all("--mirror").map(Self.reader)
        self.stateFile = state
        self.key = try arguments.value("--key").map { text in
            guard let key = VerifierKey(parsing: text), key.kind == .log else {
                throw UsageError(reason: "\(text) is no verifier key of a log")
            }
            return key
        }
        self.policy = try arguments.value("--policy").map { try MonitorPolicy(path: $0) }
        self.expect = try arguments.value("--expect")
        self.keep = try arguments.value("--keep").map { KeptLog($0) }
        let seconds = try arguments.number("--every", in: 1...86_400)
        guard seconds == nil || !arguments.has("--once") else {
            throw UsageError(reason: "--once and --every exclude each other")
        }
        self.pause = seconds.map { .seconds($0) }
        self.report = MonitorReport(isJSON: arguments.has("--json"), style: .output)
    }

    private static func reader(_ address: String) throws(UsageError) -> LogReader {
        do { return try LogReader(address) } catch { throw UsageError(reason: "\(error)") }
    }

    /// Looks once, or again and again until it is ended. False is an alarm.
    ///
    /// - Throws: `Ending` for what is neither done nor an alarm.
    func run() async throws -> Bool {
        while true {
            var look = try Look(self)
            let summary = try await look.run()
            guard let pause = self.pause else {
                if summary.alarms > 0 { return false }
                guard summary.unavailable == 0 else { throw Ending(status: 3, reason: "") }
                return true
            }
            try await Task.sleep(for: pause)
        }
    }
}
