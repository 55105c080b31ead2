internal import Client
internal import Foundation
internal import Reputation
internal import Transparency

/// One look at a log and its mirrors, and what came of it.
///
/// Nothing is remembered before all of it was verified, so an end at any moment leaves what was remembered before.
struct Look {
    private let command: MonitorCommand
    private let file: MonitorFile
    private let expectations: Expectations?
    private var state: MonitorState?
    /// The key of the log: remembered, given, or learnt.
    private var key: VerifierKey?
    /// Whether what was seen before needs no comparison with what is expected.
    private let isCompared: Bool
    /// Entries found unexpected before that still are.
    private let stillOpen: [OpenEntry]
    private var isVerified = false
    private var new: [String: Int64] = [:]
    private var mirrors: [MirrorRelation] = []
    private var alarms = 0
    private var unavailable = 0

    /// A look from what is remembered.
    ///
    /// - Throws: `Ending` when the state file or the expectations cannot be used, or are another log's.
    init(_ command: MonitorCommand) throws(Ending) {
        self.command = command
        self.file = MonitorFile(path: command.stateFile)
        let state = try self.file.read()
        let expectations: Expectations? = if let path = command.expect { try Expectations(path: path) } else { nil }
        if let state, let key = command.key, key != state.position.key {
            throw .refused(
                "\(command.stateFile) follows \(state.position.key.text), and --key names another: a state file is "
                    + "of one log and one key")
        }
        self.isCompared = expectations == nil || state?.isCompared ?? true
        let open = self.isCompared ? state?.open ?? [] : []
        self.stillOpen = open.filter { expectations?.contains($0.id) == false }
        (self.state, self.expectations, self.key) = (state, expectations, state?.position.key ?? command.key)
    }

    /// Looks, and reports; gives what it came to.
    mutating func run() async throws -> MonitorSummary {
        for entry in self.stillOpen { self.raise(MonitorAlarm(entry)) }
        try await self.lookAtLog()
        for mirror in self.command.mirrors { try await self.look(at: mirror) }
        let summary = MonitorSummary(
            state: self.state, isVerified: self.isVerified, new: self.new, mirrors: self.mirrors,
            alarms: self.alarms, unavailable: self.unavailable)
        self.command.report.summary(summary)
        return summary
    }

    private mutating func raise(_ alarm: MonitorAlarm) {
        self.alarms += 1
        self.command.report.alarm(alarm)
    }

    private mutating func couldNotLook(_ reason: String) {
        self.unavailable += 1
        let before =
            self.state.map {
                "; last seen with \($0.position.head.size) entries on \(Instant(seconds: $0.lookedAt).rfc3339)"
            } ?? ""
        self.command.report.unavailable(reason + before)
    }
}

extension Look {
    /// Follows the log from what is remembered to what it says now.
    private mutating func lookAtLog() async throws {
        var note: SignedNote?
        do {
            note = try await self.command.log.note()
            guard let note, let key = try await self.knownKey() else { return }
            let claim = try LogClaim(note, of: key, after: self.state?.position.head)
            if let complaint = self.command.policy?.complaint(about: note, of: key) {
                self.raise(MonitorAlarm(name: "unwitnessed", sentence: "\(self.command.log.prefix): \(complaint)"))
            }
            try await self.follow(claim)
        } catch let alarm as LogAlarm {
            let proof = try self.evidence(for: alarm, note, self.state?.position.note)
            self.raise(MonitorAlarm(alarm, at: self.command.log.prefix, evidence: proof))
        } catch let error as LogReadError {
            self.couldNotLook(error.description)
        } catch is Tally.TooManyOpen {
            self.raise(
                MonitorAlarm(
                    name: "unexpected",
                    sentence: "there are over \(Tally.openLimit) unexpected entries; nothing of this look is remembered"
                ))
        }
    }

    /// The log's key, learnt from the service itself when nothing else names it.
    private mutating func knownKey() async throws -> VerifierKey? {
        if let key = self.key { return key }
        guard let text = try await self.command.log.verifierKey() else {
            throw Ending.refused("the log's key is not known: name it with --key VKEY")
        }
        guard let key = VerifierKey(parsing: text), key.kind == .log else {
            self.couldNotLook("\(self.command.log.prefix): what it states as its key is none")
            return nil
        }
        complain(
            "the key is what the service itself says, and is trusted from now on: compare it with one that the "
                + "operator publishes elsewhere, \(key.text)")
        self.key = key
        return key
    }

    /// Reads and judges what the log has that was not read before, then remembers it.
    private mutating func follow(_ claim: LogClaim) async throws {
        let kept = try await self.command.keep?.position(key: claim.key)
        let seen = self.state?.position.head.size ?? 0
        var tally = Tally(
            countsFrom: seen, judgesFrom: self.isCompared ? seen : 0, open: self.stillOpen,
            expectations: self.expectations)
        let (command, report) = (self.command, self.command.report)
        var unexpected = 0
        defer { self.alarms += unexpected }
        let position = try await command.log.follow(claim, from: self.start(claim, kept: kept)) { part in
            try command.keep?.keep(part)
            try tally.take(part) { entry, judgement in
                guard judgement == .unexpected else { return report.entry(entry, judgement) }
                unexpected += 1
                report.alarm(MonitorAlarm(entry))
            }
        }
        try command.keep?.keep(position, after: kept?.head)
        let state = MonitorState(
            position: position, counts: (self.state?.counts ?? [:]).merging(tally.new) { $0 + $1 },
            isCompared: self.expectations != nil, open: tally.open, lookedAt: Int64(Date().timeIntervalSince1970))
        try self.file.write(state)
        (self.state, self.new, self.isVerified) = (state, tally.new, true)
    }

    /// Where reading begins: at what was seen last, or before it for entries that were never compared with what is
    /// expected, or are not in the copy.
    private func start(_ claim: LogClaim, kept: LogPosition?) -> Frontier {
        guard self.isCompared, let seen = self.state?.position.frontier else { return Frontier() }
        guard self.command.keep != nil else { return seen }
        guard let kept, kept.head.size <= claim.head.size else { return Frontier() }
        return kept.head.size < seen.size ? kept.frontier : seen
    }

    /// Compares what a mirror shows with what the log last showed.
    private mutating func look(at mirror: LogReader) async throws {
        var note: SignedNote?
        do {
            note = try await mirror.note()
            guard let note, let key = self.key, let main = self.state?.position else {
                return self.couldNotLook("\(mirror.prefix): there is nothing yet to compare it with")
            }
            let head = try LogClaim(note, of: key, after: nil).head
            let pair = try TreePair(main.head, head)
            try await (head.size > main.head.size ? mirror : self.command.log).verify(pair)
            self.mirrors.append(MirrorRelation(place: mirror.prefix, lead: head.size - main.head.size))
        } catch let alarm as LogAlarm {
            let proof = try self.evidence(for: alarm, note, self.state?.position.note)
            let place = note == nil ? mirror.prefix : "\(mirror.prefix) against \(self.command.log.prefix)"
            self.raise(MonitorAlarm(alarm, at: place, evidence: proof))
        } catch let error as LogReadError {
            self.couldNotLook(error.description)
        }
    }

    /// Puts two notes of one log beside the state file when they do not go together.
    private func evidence(
        for alarm: LogAlarm, _ one: SignedNote?, _ other: SignedNote?
    ) throws(Ending) -> [String] {
        if case .badCheckpoint = alarm { return [] }
        guard let one, let other, one.text != other.text else { return [] }
        return [try self.file.keepEvidence(other), try self.file.keepEvidence(one)]
    }
}
