internal import Arguments
internal import Connectors
internal import Decoding
internal import Evaluation
internal import Foundation

/// Measures how programs are told from people on labelled accounts. Needs neither state nor database.
enum EvaluateBots {
    static let usage = """
        usage: standingd evaluate-bots FEATURES.csv LABELS.csv [--json FILE]

          prints precision and recall of both grades, certain and suspected, and the people each would wrong; the files
          may be gzip. FEATURES has the columns contributor, feat_num_activity_type, feat_owner and
          activity_per_act_type_mean, LABELS contributor and bot (0 or 1). A file named - is standard output.

        """

    private static let options = Options(valued: ["--json"], flags: ["--help"], general: [])

    static func run(_ words: some Sequence<String>) throws {
        do {
            let arguments = try Arguments(words, options: self.options)
            if arguments.has("--help") { return print(self.usage, terminator: "") }
            guard arguments.words.count == 2 else {
                throw UsageError(reason: "evaluate-bots takes two files: features and labels")
            }
            try arguments.allow(["--json"])
            let report = try BotReport(
                features: inflatedBytes(ofFile: arguments.words[0], limit: 1 << 28),
                labels: inflatedBytes(ofFile: arguments.words[1], limit: 1 << 28))
            var outputs = Outputs(arguments)
            try outputs.write("--json") { report.figures.json }
            outputs.finish(report.table)
        } catch let error as UsageError {
            complain("\(error.reason)\n\n\(self.usage)")
            exit(2)
        }
    }
}
