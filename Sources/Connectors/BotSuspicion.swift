import Glibc

/// What an account did of late, as far as telling programs from people needs it.
public struct AccountActivity: Sendable {
    /// Kinds of activity: pushing, commenting, opening issues and so on.
    public let kinds: Double
    /// Owners of the repositories it was active in.
    public let owners: Double
    /// Activities of one kind, on average over the kinds.
    public let perKind: Double

    /// An activity; each number 0 or more.
    public init(kinds: Double, owners: Double, perKind: Double) {
        self.kinds = kinds
        self.owners = owners
        self.perKind = perKind
    }
}

/// How far an account looks like a program.
///
/// Only `certain` takes evidence away, and only for a reason that can be disputed. `suspected` is said to whoever looks
/// and costs nothing: one in twenty of those it names is a person.
public enum BotGrade: Sendable, Equatable {
    /// By the platform's word, the list, or an ending of the name.
    case certain(BotReason)
    /// By its name or what it does: the terms that speak for it, the weightiest first.
    case suspected([String])
    case person
}

/// The rule of suspicion: a sum of six terms, published so that anybody can work it out by hand.
///
/// Fitted once by logistic regression on labelled accounts and rounded to a tenth; `standingd evaluate-bots` measures
/// these weights and, by cross-validation, what fitting them anew would give.
public enum BotSuspicion {
    /// What the sum begins with.
    public static let intercept = -1.6
    /// The terms and their weights, in the order of `terms(of:_:)`.
    public static let weights: [(name: String, weight: Double)] = [
        ("the name ends as programs' names do", 3.2), ("the name holds \"bot\"", 2.1),
        ("the name holds a word of machinery", 5.4), ("few kinds of activity", -2.2),
        ("the repositories of few owners", -1.0), ("much of each kind of activity", 1.7),
    ]

    /// The terms of an account: the first three are 0 or 1, the others logarithms of one more than a count.
    public static func terms(of login: String, _ activity: AccountActivity) -> [Double] {
        [
            self.endsAsPrograms(login) ? 1 : 0, login.lowercased().contains("bot") ? 1 : 0,
            self.namesMachinery(login) ? 1 : 0, log1p(activity.kinds), log1p(activity.owners), log1p(activity.perKind),
        ]
    }

    /// How much speaks for a program, in log-odds; suspected above 0.
    public static func logOdds(_ terms: [Double]) -> Double {
        zip(terms, self.weights).reduce(self.intercept) { $0 + $1.0 * $1.1.weight }
    }

    /// Whether a part of the name, between hyphens and underscores, says what machines are for.
    static func namesMachinery(_ login: String) -> Bool {
        let name = login.lowercased()
        let parts = name.split { $0 == "-" || $0 == "_" }.map(String.init)
        return parts.contains(where: self.machinery.contains) || name.hasSuffix("jenkins")
            || name.hasSuffix("automation")
    }

    private static func endsAsPrograms(_ login: String) -> Bool {
        let name = login.lowercased()
        return name.hasSuffix("[bot]") || ["-bot", "_bot", "-robot", "_robot"].contains(where: name.hasSuffix)
    }

    private static let machinery: Set<String> = [
        "action", "actions", "automation", "automerge", "build", "builder", "builds", "ci", "deploy", "importer",
        "infra", "jenkins", "machine", "merge", "release", "releases", "service", "svc", "sync", "travis", "update",
        "updater",
    ]
}

extension Bots {
    /// How far the account `login` of GitHub looks like a program, by its name and, where that is known, by what it does.
    public static func grade(
        githubID id: Int64?, login: String, type: String?, activity: AccountActivity?
    ) -> BotGrade {
        if let reason = self.reason(githubID: id, login: login, type: type) { return .certain(reason) }
        if type == "Organization" { return .person }
        guard let activity else {
            let isSuspect = BotSuspicion.namesMachinery(login)
            return isSuspect ? .suspected([BotSuspicion.weights[2].name]) : .person
        }
        let terms = BotSuspicion.terms(of: login, activity)
        guard BotSuspicion.logOdds(terms) > 0 else { return .person }
        // A term that is 0 says nothing, and of the counts that speak against a program only a low one speaks for it.
        let speaking = zip(terms, BotSuspicion.weights).filter { $0.0 * $0.1.weight > 0 }
        return .suspected(speaking.sorted { $0.0 * $0.1.weight > $1.0 * $1.1.weight }.map(\.1.name))
    }
}
