import Connectors
import Foundation
import Reputation
import Testing

/// A folder of its own for one test, removed with the value that owns it.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("connectors-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true) }

    deinit {
        // A leftover in the temporary folder fails no test.
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// Writes `bytes` as the file `name` and returns its path.
    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}

/// Why a shell command failed.
struct ShellFailed: Error {
    let command: String
    let status: Int32
}

/// What `sh -c command` prints, run in `folder`.
@discardableResult
func shell(_ command: String, in folder: String = "/", _ environment: [String: String] = [:]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ShellFailed(command: command, status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
}

/// The recorded data beside the repository, and the tools the figures are compared with.
enum Recorded {
    /// The folder, or nil when the repository stands alone.
    static let folder: String? = {
        var url = URL(fileURLWithPath: #filePath)
        while url.path != "/" {
            url.deleteLastPathComponent()
            let data = url.appendingPathComponent("shared/data")
            if FileManager.default.fileExists(atPath: data.appendingPathComponent("MANIFEST.md").path) {
                return data.path
            }
        }
        return nil
    }()

    static let isThere = Recorded.folder != nil
    static let hasJQ = FileManager.default.isExecutableFile(atPath: "/usr/bin/jq")
}

/// When the tests observe.
let now = Instant(rfc3339: "2026-01-02T03:04:05Z")!

/// Everything `source` gives, and what it throws at the end.
func drain(_ source: some Source) -> (records: [Record], error: (any Error)?) {
    var records: [Record] = []
    do {
        while let record = try source.next() { records.append(record) }
        return (records, nil)
    } catch {
        return (records, error)
    }
}

extension Record {
    var evidence: [Evidence] {
        if case .mapped(let mapped) = self.outcome { mapped.evidence } else { [] }
    }

    var ignored: [String] {
        if case .mapped(let mapped) = self.outcome { mapped.ignored } else { [] }
    }

    var quarantined: Quarantined? {
        if case .quarantined(let quarantined) = self.outcome { quarantined } else { nil }
    }
}

/// How many facts of each kind, ignored parts by rule, and records in quarantine.
func tally(_ records: [Record]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for record in records {
        for fact in record.evidence { counts[fact.kind.rawValue, default: 0] += 1 }
        for rule in record.ignored { counts[rule, default: 0] += 1 }
        if record.quarantined != nil { counts["quarantined", default: 0] += 1 }
    }
    return counts
}

/// Reads the output of `sort | uniq -c`.
func counts(_ text: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in text.split(separator: "\n") {
        let parts = line.split(separator: " ", maxSplits: 1)
        counts[String(parts[1])] = Int(parts[0])
    }
    return counts
}
