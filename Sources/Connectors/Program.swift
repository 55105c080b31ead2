import Foundation

/// Why a program that a source reads through did not do its work.
public struct ProgramError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble.
    public enum Kind: Equatable, Sendable {
        /// The program is not installed.
        case missing
        /// It did not end within its time.
        case timedOut
        /// It ended with an error.
        case failed
        /// The folder is no git repository.
        case noRepository
        /// The repository has no commit yet.
        case noCommits
        /// The clone is shallow: its first commits, and with them what identifies it, are missing.
        case shallow
        /// The commit to resume after is not in the repository.
        case foreignCursor
    }

    /// What kind.
    public let kind: Kind
    /// What was run or read, without any path.
    public let program: String
    /// What it said, shortened.
    public let detail: String

    /// A sentence for a person.
    public var description: String { "\(self.program): \(self.detail)" }
}

/// A program whose output is read while it runs, in an environment of its own and for a limited time.
///
/// The time is kept by coreutils' `timeout`, which needs no thread of ours; what the program complains about goes to a
/// file, so that neither pipe can fill up unread. Ends the program when it is no longer needed. It ends by KILL, here
/// and by `timeout`, because a program started from a thread of a pool inherits that thread's blocked signals.
final class Program {
    /// What the program writes.
    let output: FileHandle
    private let name: String
    private let process = Process()
    private let complaints: URL

    /// Starts `name` with `arguments`; nothing of our environment but `PATH` reaches it.
    ///
    /// It reads `input`, nothing unless told, and what it writes goes to `file` instead of `output` where that is given.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], seconds: Int,
        input: FileHandle = .nullDevice, file: FileHandle? = nil
    ) throws(ProgramError) {
        guard let program = Program.find(name), let timeout = Program.find("timeout") else {
            throw ProgramError(kind: .missing, program: name, detail: "is not installed")
        }
        self.name = name
        self.complaints = FileManager.default.temporaryDirectory.appendingPathComponent("standing-\(UUID().uuidString)")
        let pipe = Pipe()
        self.output = pipe.fileHandleForReading
        do {
            try Data().write(to: self.complaints, options: .withoutOverwriting)
            self.process.executableURL = timeout
            self.process.arguments = ["--signal=KILL", String(seconds), program.path] + arguments
            self.process.environment = environment.merging(["PATH": Program.path, "LC_ALL": "C.UTF-8"]) { own, _ in own
            }
            self.process.standardInput = input
            if let file { self.process.standardOutput = file } else { self.process.standardOutput = pipe }
            self.process.standardError = try FileHandle(forWritingTo: self.complaints)
            try self.process.run()
        } catch {
            throw ProgramError(kind: .failed, program: name, detail: "cannot be started")
        }
    }

    deinit {
        // `timeout` leads a group of its own, with the program in it.
        if self.process.isRunning { kill(-self.process.processIdentifier, SIGKILL) }
        // A deinit cannot throw, and nothing is lost with a temporary file that stays or was gone already.
        try? FileManager.default.removeItem(at: self.complaints)
    }

    /// Waits for the end; call it when the output is read.
    func finish() throws(ProgramError) {
        self.process.waitUntilExit()
        let status = self.process.terminationStatus
        guard status != 0 else { return }
        if status == 137 || self.process.terminationReason == .uncaughtSignal && status == SIGKILL {
            throw ProgramError(kind: .timedOut, program: self.name, detail: "did not end within its time")
        }
        throw ProgramError(kind: .failed, program: self.name, detail: self.firstComplaint ?? "ended with \(status)")
    }

    /// Everything the program writes, for programs that write little.
    func text() throws -> String {
        let text = String(decoding: try self.output.readToEnd() ?? Data(), as: UTF8.self)
        try self.finish()
        return text
    }

    /// The first line of what the program complained; only for a message, so it may be missing.
    private var firstComplaint: String? {
        do {
            let bytes = try FileHandle(forReadingFrom: self.complaints).read(upToCount: 4_096) ?? Data()
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
            return line.map { String($0.prefix(200)) }
        } catch {
            return nil
        }
    }

    private static var path: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin" }

    /// Where the program is: a path as it is, a name by `PATH`.
    private static func find(_ name: String) -> URL? {
        let candidates = name.hasPrefix("/") ? [name] : Program.path.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first(where: FileManager.default.isExecutableFile(atPath:)).map { URL(fileURLWithPath: $0) }
    }
}
