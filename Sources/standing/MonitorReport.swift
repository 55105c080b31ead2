internal import CanonicalJSON
internal import Client
internal import Crypto
internal import Transparency

/// Something a person has to look into.
struct MonitorAlarm {
    /// What kind of thing, in one word.
    let name: String
    /// What happened.
    let sentence: String
    /// Files that prove it.
    var evidence: [String] = []
    /// The entry it is about.
    var entry: OpenEntry?
}

extension MonitorAlarm {
    /// What the log at `place` did.
    init(_ alarm: LogAlarm, at place: String, evidence: [String] = []) {
        let (name, what) = alarm.words
        self.init(name: name, sentence: "\(place): \(what)", evidence: evidence)
    }

    /// An entry that is not accounted for.
    init(_ entry: OpenEntry) {
        let what =
            switch entry.kind {
            case "malformed": "entry \(entry.index) is no ledger entry (leaf \(entry.id))"
            case let kind: "nobody expects entry \(entry.index), \(kind) \(entry.id)"
            }
        self.init(name: "unexpected", sentence: what, entry: entry)
    }
}

extension LogAlarm {
    /// The kind of alarm in one word, and what happened.
    fileprivate var words: (name: String, sentence: String) {
        switch self {
        case .badCheckpoint(.note(.unsigned)): ("checkpoint", "the checkpoint is not signed by the log's key")
        case .badCheckpoint(.note(.wrongSignature)): ("checkpoint", "the checkpoint's signature does not verify")
        case .badCheckpoint(.wrongOrigin): ("checkpoint", "the checkpoint is of a log of another name")
        case .badCheckpoint: ("checkpoint", "what it serves as its checkpoint is none")
        case .rewound(let from, let to): ("rewound", "it signed \(to.size) entries after it had signed \(from.size)")
        case .split(let one, let other):
            ("split", "it signed two trees of \(one.size) entries: \(one.root.base64) and \(other.root.base64)")
        case .notContinued(let from, let to):
            ("not-continued", "the tree of \(to.size) entries is not shown to continue the one of \(from.size)")
        case .wrongEdge(let head):
            ("tile", "its newest tiles do not lead to the root it signed for \(head.size) entries")
        case .withheld(let tile): ("withheld", "it does not serve \(tile.path) of the tree it signed")
        case .wrongTile(let tile): ("tile", "\(tile.path) is not what its checkpoint stands for")
        case .wrongEntries(let tile): ("entries", "\(tile.path) does not hold the entries its checkpoint stands for")
        }
    }
}

/// How a mirror's checkpoint stands to the log's.
struct MirrorRelation {
    let place: String
    /// Entries it has more than the log, negative when it is behind.
    let lead: Int64

    var words: String {
        switch self.lead {
        case 0: "the same tree"
        case let lead where lead < 0: "\(-lead) entries behind, consistent"
        case let lead: "\(lead) entries ahead, consistent"
        }
    }
}

/// What one look came to.
struct MonitorSummary {
    /// What is remembered from now on; nil when nothing was ever verified.
    let state: MonitorState?
    /// Whether the log itself was verified in this look.
    let isVerified: Bool
    let new: [String: Int64]
    let mirrors: [MirrorRelation]
    let alarms: Int
    let unavailable: Int

    var outcome: String { self.alarms > 0 ? "alarm" : self.unavailable > 0 ? "unavailable" : "fine" }
}

/// Tells what a monitor finds, as it finds it: lines for a person, or a JSON document a line.
struct MonitorReport {
    let isJSON: Bool
    let style: Style

    func entry(_ entry: OpenEntry, _ judgement: Tally.Judgement) {
        guard judgement != .unexpected else { return }
        guard self.isJSON else {
            let note = judgement == .expected ? "  expected" : ""
            return say("\(entry.index)  \(entry.kind)  \(entry.id)\(note)\n")
        }
        let expected: JSON = judgement == .expected ? true : .null
        say(document("entry", entry.members.merging(["expected": expected]) { $1 }))
    }

    func alarm(_ alarm: MonitorAlarm) {
        guard self.isJSON else {
            let lines = [self.style.show("ALARM", as: .bad) + " " + harmless("\(alarm.name): \(alarm.sentence)")]
            return say(
                (lines + alarm.evidence.map { "      evidence: " + harmless($0) }).joined(separator: "\n") + "\n")
        }
        var members: [String: JSON] = alarm.entry?.members ?? [:]
        members["alarm"] = .string(alarm.name)
        members["detail"] = .string(alarm.sentence)
        members["evidence"] = .array(alarm.evidence.map(JSON.string))
        say(document("alarm", members))
    }

    func unavailable(_ reason: String) {
        complain("could not look: \(reason)")
        if self.isJSON { say(document("unavailable", ["detail": .string(reason)])) }
    }

    func summary(_ summary: MonitorSummary) { say(self.isJSON ? self.document(summary) : self.text(summary)) }

    private func text(_ summary: MonitorSummary) -> String {
        var lines: [String] = []
        if let state = summary.state {
            let new = summary.new.values.reduce(0, +)
            let news = summary.isVerified ? "\(new) new" : "as last verified"
            lines.append("\(state.position.key.name): \(state.position.head.size) entries, \(news)")
            lines.append("  root \(state.position.head.root.base64)")
            for (kind, count) in state.counts.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(kind) \(count)" + (summary.new[kind].map { " (\($0) new)" } ?? ""))
            }
        }
        lines += summary.mirrors.map { "  mirror \($0.place): \($0.words)" }
        let end =
            switch summary.outcome {
            case "alarm": self.style.show("\(summary.alarms) alarm\(summary.alarms == 1 ? "" : "s").", as: .bad)
            case "fine": self.style.show("No alarm.", as: .good)
            default: self.style.show("Could not look at everything.", as: .careful)
            }
        return (lines.map(harmless) + [end]).joined(separator: "\n") + "\n"
    }

    private func document(_ summary: MonitorSummary) -> String {
        var members: [String: JSON] = [
            "outcome": .string(summary.outcome), "alarms": .int(Int64(summary.alarms)),
            "verified": .bool(summary.isVerified), "new": .object(summary.new.mapValues(JSON.int)),
            "mirrors": .array(
                summary.mirrors.map { ["address": .string($0.place), "lead": .int($0.lead)] }),
        ]
        if let state = summary.state {
            members["origin"] = .string(state.position.key.name)
            members["vkey"] = .string(state.position.key.text)
            members["size"] = .int(state.position.head.size)
            members["root"] = .string(state.position.head.root.base64)
            members["counts"] = .object(state.counts.mapValues(JSON.int))
            members["looked_at"] = .int(state.lookedAt)
        }
        return self.document("look", members)
    }

    private func document(_ type: String, _ members: [String: JSON]) -> String {
        JSON.object(members.merging(["type": .string(type)]) { $1 }).canonical + "\n"
    }
}

extension OpenEntry {
    fileprivate var members: [String: JSON] {
        ["index": .int(self.index), "kind": .string(self.kind), "id": .string(self.id)]
    }
}
