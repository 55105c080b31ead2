import Connectors
import Foundation
import Reputation
import Testing

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
