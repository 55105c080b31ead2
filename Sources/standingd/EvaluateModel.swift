internal import Arguments
internal import CanonicalJSON
internal import Connectors
internal import Crypto
internal import Decoding
internal import Evaluation
internal import Foundation
internal import Reputation

/// Measures the published models on labelled data. Reads and writes files; needs neither state nor database.
enum EvaluateModel {
    static let usage = """
        usage: standingd evaluate-model pullreqs FILE.csv.gz [--json FILE] [--svg FILE] [--card FILE]
                                        [--export-replay FILE] [--fit FILE]
               standingd evaluate-model git PATH --cutoff DATE… [--maintainers FILE] [--mailmap FILE]
                                   [--json FILE]

          pullreqs   replays labelled pull requests and prints how well merge/1 foretells merges, beside simpler scores
            --json            the whole result
            --svg             the calibration plot
            --card            the model card
            --export-replay   every event of the replay with the scores, to try other people's code on
            --fit             the model's document with weights fitted on all of this file
          git        reads a clone and prints how well its history before DATE foretells its reviewers after DATE, and
                     those whom a MAINTAINERS file names
            --cutoff          the DATE; given several times, the means are printed too
            --maintainers     a MAINTAINERS file of today
            --mailmap         a mailmap to respect; the clone's own .mailmap unless told

        A file named - is standard output.

        """

    private static let options = Options(
        valued: [
            "--json", "--svg", "--card", "--export-replay", "--fit", "--cutoff", "--maintainers", "--mailmap",
        ],
        flags: ["--help"], general: [])

    static func run(_ words: some Sequence<String>) throws {
        let arguments: Arguments
        do {
            arguments = try Arguments(words, options: self.options)
            if arguments.has("--help") { return print(self.usage, terminator: "") }
            switch (arguments.words.first, arguments.words.count) {
            case ("pullreqs", 2):
                try arguments.allow(["--json", "--svg", "--card", "--export-replay", "--fit"])
                try self.pullRequests(arguments.words[1], arguments)
            case ("git", 2):
                try arguments.allow(["--json", "--cutoff", "--maintainers", "--mailmap"])
                try self.history(arguments.words[1], arguments)
            default: throw UsageError(reason: "evaluate-model takes: pullreqs FILE, or git PATH --cutoff DATE")
            }
        } catch let error as UsageError {
            complain("\(error.reason)\n\n\(self.usage)")
            leave(2)
        }
    }

    private static func pullRequests(_ path: String, _ arguments: Arguments) throws {
        let bytes = try inflatedBytes(ofFile: path)
        let benchmark = try Benchmark(pullRequests: bytes)
        if benchmark.contradictory > 0 {
            complain("left out \(benchmark.contradictory) rows that were decided before they were proposed")
        }
        let digest = SHA256.hash(bytes).hex
        let report = try evaluateMerges(benchmark, digest: digest)
        var outputs = Outputs(arguments)
        try outputs.write("--json") { report.figures.json }
        try outputs.write("--svg") { CalibrationPlot(report).svg }
        try outputs.write("--card") { MergeCard(report).markdown }
        try outputs.write("--export-replay") { ReplayExport(benchmark).csv }
        try outputs.write("--fit") { MergeModel.merge1.refitted(report.fitted, on: digest).document.canonical + "\n" }
        outputs.finish(report.table)
    }
}

extension EvaluateModel {
    private static func history(_ path: String, _ arguments: Arguments) throws {
        let cutoffs = arguments.all("--cutoff").map(Day.init)
        guard !cutoffs.isEmpty, !cutoffs.contains(nil) else {
            throw UsageError(reason: "--cutoff takes a day such as 2020-01-01")
        }
        let mailmap = Mailmap(try self.mailmap(of: path, arguments) ?? "")
        let maintainers = try arguments.value("--maintainers").map { Maintainers(try self.text(ofFile: $0)) }
        let authors = maintainers == nil ? [:] : try self.authors(ofClone: path, mailmap)
        let facts = try self.facts(ofClone: path)
        let panel = TrackPanel(
            try cutoffs.compactMap(\.self).map {
                try evaluateTracks(facts, cutoff: $0, mailmap: mailmap, maintainers: maintainers, authors: authors)
            })
        var outputs = Outputs(arguments)
        try outputs.write("--json") { panel.figures.json }
        outputs.finish(panel.table)
    }

    private static func facts(ofClone path: String) throws -> [Evidence] {
        let clone = try GitClone(path: path, observedAt: Instant(seconds: Int64(Date().timeIntervalSince1970)))
        var facts: [Evidence] = []
        while let record = try clone.next() {
            switch record.outcome {
            case .mapped(let mapped): facts += mapped.evidence
            case .quarantined(let quarantined): complain("put aside \(record.position): \(quarantined.reason)")
            }
        }
        return facts
    }

    /// The addresses that authors of a name bore.
    private static func authors(ofClone path: String, _ mailmap: Mailmap) throws -> [String: Set<String>] {
        try authorNames(ofClone: path).reduce(into: [:]) { authors, author in
            authors[author.name, default: []].insert(mailmap.address(author.address))
        }
    }

    /// The mailmap that is named, else the clone's own if its work tree has one.
    private static func mailmap(of path: String, _ arguments: Arguments) throws -> String? {
        if let file = try arguments.value("--mailmap") { return try self.text(ofFile: file) }
        let own = URL(fileURLWithPath: path).appendingPathComponent(".mailmap").path
        return FileManager.default.fileExists(atPath: own) ? try self.text(ofFile: own) : nil
    }

    private static func text(ofFile path: String) throws -> String {
        String(decoding: try inflatedBytes(ofFile: path, limit: 1 << 26), as: UTF8.self)
    }
}

/// The files a command writes.
struct Outputs {
    private let arguments: Arguments
    private var standardOutputIsTaken = false

    init(_ arguments: Arguments) { self.arguments = arguments }

    /// Writes `text` where `option` says, if it says so.
    mutating func write(_ option: String, _ text: () -> String) throws {
        guard let path = try self.arguments.value(option) else { return }
        if path == "-" {
            self.standardOutputIsTaken = true
            print(text(), terminator: "")
        } else {
            try Data(text().utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    /// Shows what is for a person: on standard output, unless something for a program went there.
    func finish(_ table: String) {
        if self.standardOutputIsTaken { complain("\n" + table) } else { print(table, terminator: "") }
    }
}
