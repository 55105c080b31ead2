import Connectors
import Crypto

/// How well a way of telling programs does on labelled accounts.
public struct BotFigures: Sendable {
    /// Programs found, people taken for programs, programs missed.
    public let found, wronged, missed: Int

    /// The part of those it names that are programs; nil when it names nobody.
    public var precision: Double? { self.ratio(self.found, of: self.found + self.wronged) }
    /// The part of the programs that it names.
    public var recall: Double? { self.ratio(self.found, of: self.found + self.missed) }

    private func ratio(_ part: Int, of whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }

    init(_ verdicts: some Sequence<(named: Bool, isBot: Bool)>) {
        var (found, wronged, missed) = (0, 0, 0)
        for (named, isBot) in verdicts {
            if named, isBot { found += 1 }
            if named, !isBot { wronged += 1 }
            if !named, isBot { missed += 1 }
        }
        (self.found, self.wronged, self.missed) = (found, wronged, missed)
    }
}

/// Both grades of bot detection on a labelled table, and whom they would wrong.
public struct BotReport: Sendable {
    /// How many accounts have a label, and how many of them are programs.
    public let accounts, bots: Int
    /// The grade that excludes evidence.
    public let certain: BotFigures
    /// Certain or suspected.
    public let suspected: BotFigures
    /// Certain or suspected with weights fitted on nine tenths of the accounts and tried on the others, in turn.
    public let crossValidated: BotFigures
    /// People whom the certain grade would wrong, by login.
    public let certainlyWronged: [String]
    /// People whom the suspicion would name besides.
    public let suspectedWrongly: [String]

    /// Measures the rules of `Connectors` on accounts with `features`, labelled by `labels`, both CSV with a header.
    ///
    /// - Throws: `TableError`.
    public init(features: [UInt8], labels: [UInt8]) throws(TableError) {
        let rows = try LabelledAccount.read(features: features, labels: labels)
        let grades = rows.map { Bots.grade(githubID: nil, login: $0.login, type: nil, activity: $0.activity) }
        func isCertain(_ grade: BotGrade) -> Bool { if case .certain = grade { true } else { false } }
        self.accounts = rows.count
        self.bots = rows.count(where: \.isBot)
        self.certain = BotFigures(zip(grades, rows).map { (isCertain($0), $1.isBot) })
        self.suspected = BotFigures(zip(grades, rows).map { ($0 != .person, $1.isBot) })
        let refitted = BotReport.crossValidated(rows)
        self.crossValidated = BotFigures(
            rows.indices.map { (isCertain(grades[$0]) || refitted[$0] > 0, rows[$0].isBot) })
        let people = zip(grades, rows).filter { !$1.isBot }
        self.certainlyWronged = people.filter { isCertain($0.0) }.map(\.1.login).sorted()
        self.suspectedWrongly = people.filter { $0.0 != .person && !isCertain($0.0) }.map(\.1.login).sorted()
    }

    /// The log-odds of each account under weights fitted without its fold; folds are dealt by the hash of the login.
    private static func crossValidated(_ rows: [LabelledAccount]) -> [Double] {
        var matrix = Matrix(width: BotSuspicion.weights.count)
        for row in rows { matrix.append(BotSuspicion.terms(of: row.login, row.activity)) }
        let logistic = Logistic(matrix, rows.map(\.isBot))
        let folds = rows.map { Int(SHA256.hash($0.login.utf8).bytes[0]) % 10 }
        let fitted = (0..<10).map { fold in logistic.fit(rows.indices.filter { folds[$0] != fold }) }
        return rows.indices.map { fitted[folds[$0]].logOdds(matrix, $0) }
    }

    /// The result as JSON.
    public var figures: Figures {
        func members(_ figures: BotFigures) -> [(String, Figures)] {
            [
                ("precision", .number(figures.precision)), ("recall", .number(figures.recall)),
                ("found", .count(figures.found)), ("wronged", .count(figures.wronged)),
                ("missed", .count(figures.missed)),
            ]
        }
        return .members([
            ("accounts", .count(self.accounts)), ("bots", .count(self.bots)),
            ("certain", .members(members(self.certain) + [("humans", .list(self.certainlyWronged.map(Figures.text)))])),
            (
                "suspected",
                .members(members(self.suspected) + [("humans", .list(self.suspectedWrongly.map(Figures.text)))])
            ), ("suspected_cross_validated", .members(members(self.crossValidated))),
        ])
    }

    /// The result for a person.
    public var table: String {
        func line(_ name: String, _ figures: BotFigures) -> String {
            func number(_ value: Double?) -> String { value.map { fixed($0, 3) } ?? "none" }
            return "\(name): precision \(number(figures.precision)), recall \(number(figures.recall)), "
                + "\(figures.found) found, \(figures.wronged) people named, \(figures.missed) missed\n"
        }
        return "\(self.accounts) accounts, \(self.bots) of them programs\n" + line("certain", self.certain)
            + line("suspected or certain", self.suspected)
            + line("the same, weights fitted on nine tenths and tried on the rest", self.crossValidated)
            + "people the certain grade would wrong: \(self.certainlyWronged.joined(separator: ", "))\n"
            + "people the suspicion would name besides: \(self.suspectedWrongly.joined(separator: ", "))\n"
    }
}

/// An account of the labelled table.
private struct LabelledAccount {
    let login: String
    let activity: AccountActivity
    let isBot: Bool

    /// The accounts that have both features and a label, in the order of the features.
    static func read(features: [UInt8], labels: [UInt8]) throws(TableError) -> [LabelledAccount] {
        var isBot: [String: Bool] = [:]
        for (line, row) in try Self.rows(labels, columns: ["contributor", "bot"]) {
            guard row[1] == "0" || row[1] == "1" else { throw .malformed(line: line, reason: "a label is 0 or 1") }
            isBot[row[0]] = row[1] == "1"
        }
        let columns = ["contributor", "feat_num_activity_type", "feat_owner", "activity_per_act_type_mean"]
        var accounts: [LabelledAccount] = []
        for (line, row) in try Self.rows(features, columns: columns) {
            let numbers = row.dropFirst().map { Double($0) ?? -1 }
            guard numbers.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                throw .malformed(line: line, reason: "a feature is a number, 0 or more")
            }
            guard let isBot = isBot[row[0]] else { continue }
            accounts.append(
                LabelledAccount(
                    login: row[0],
                    activity: AccountActivity(kinds: numbers[0], owners: numbers[1], perKind: numbers[2]), isBot: isBot)
            )
        }
        guard !accounts.isEmpty else { throw .empty }
        return accounts
    }

    /// The `columns` of every row, with its line.
    private static func rows(_ bytes: [UInt8], columns: [String]) throws(TableError) -> [(Int, [String])] {
        var reader = CSVReader(bytes)
        guard let header = try Self.next(&reader) else { throw .empty }
        let missing = columns.filter { !header.contains($0) }
        guard missing.isEmpty else { throw .missingColumns(missing) }
        let places = columns.compactMap(header.firstIndex(of:))
        var rows: [(Int, [String])] = []
        var line = reader.line
        while let row = try Self.next(&reader) {
            rows.append((line, places.map { row[$0] }))
            line = reader.line
        }
        return rows
    }

    private static func next(_ reader: inout CSVReader) throws(TableError) -> [String]? {
        do {
            return try reader.next()
        } catch {
            throw .malformed(line: error.line, reason: error.reason)
        }
    }
}
