/// Why an account counts as a program. Shown beside the account, so that it can be disputed.
public enum BotReason: Hashable, Sendable, CustomStringConvertible {
    /// The platform says so.
    case platform
    /// The maintained list says so, and why.
    case listed(String)
    /// Its name ends like this.
    case namePattern(String)

    /// A few words for a person.
    public var description: String {
        switch self {
        case .platform: "the platform says that the account is a program"
        case .listed(let reason): "listed: \(reason)"
        case .namePattern(let suffix): "the name ends in \"\(suffix)\""
        }
    }
}

/// Tells programs from people: the platform's word, then a list, then the name.
///
/// The name comes last and only by endings that people do not choose: a person taken for a program loses work, a
/// program taken for a person is found by its independence flags.
public enum Bots {
    /// Why the account `login` of GitHub is a program, or nil when nothing says so.
    ///
    /// - Parameters:
    ///   - id: the immutable id, where the source has it.
    ///   - type: what the platform calls the account, `User`, `Organization` or `Bot`.
    public static func reason(githubID id: Int64?, login: String, type: String?) -> BotReason? {
        if type == "Bot" { return .platform }
        let name = login.lowercased()
        if name.hasSuffix("[bot]") { return .platform }
        if let id, let entry = Bots.github[id] { return .listed(entry) }
        if type == "Organization" { return nil }
        return Bots.endings.first(where: name.hasSuffix).map(BotReason.namePattern)
    }

    /// Why the account `login` of another forge is a program, or nil when nothing says so; `isProgram` is the forge's word.
    public static func reason(login: String, isProgram: Bool) -> BotReason? {
        if isProgram { return .platform }
        let name = login.lowercased()
        if name.hasSuffix("[bot]") { return .platform }
        return Bots.endings.first(where: name.hasSuffix).map(BotReason.namePattern)
    }

    /// Why the one who writes as `address` is a program, or nil when nothing says so.
    ///
    /// The address decides, never the display name: there are people called like any program.
    public static func reason(address: String) -> BotReason? {
        let address = address.lowercased()
        if let entry = Bots.addresses[address] { return .listed(entry) }
        let local = address.prefix { $0 != "@" }
        if local.hasSuffix("[bot]") { return .platform }
        guard address.hasSuffix("@users.noreply.github.com") else { return nil }
        return Bots.endings.first(where: local.hasSuffix).map(BotReason.namePattern)
    }

    private static let endings = ["-bot", "-robot"]

    /// Service accounts by id. Dispute an entry with its account's owner as witness; remove it on their word.
    private static let github: [Int64: String] = [
        41_898_282: "GitHub Actions",
        49_699_333: "Dependabot",
        27_856_297: "Dependabot preview",
        29_139_614: "Renovate",
        25_180_681: "Renovate",
        14_790_466: "Greenkeeper",
        23_040_076: "Greenkeeper",
        19_733_683: "Snyk",
        2_354_108: "Coveralls",
        8_655_789: "Codecov",
        65_553_080: "Codecov",
        8_518_239: "Gitter badges",
        23_704_769: "Codacy badges",
        3_092_978: "Bitdeli badges",
        11_571_300: "CLA assistant",
        5_384_588: "Google's CLA check",
        6_697_940: "Hound",
        17_184_073: "Hound",
        20_407_524: "Kubernetes CI",
        53_270_907: "Kubernetes triage",
        70_776_706: "OpenStack provider CI",
        30_189_103: "OpenShift CI",
        6_422_482: "Meta's import service",
        97_764_156: "PyTorch merges",
        3_372_342: "Bors",
        4_368_172: "Bors of Servo",
        7_378_925: "Rust review assignment",
        47_979_223: "Rust triage",
        12_471_139: "Rust performance runs",
        1_589_480: "Homebrew tests",
        33_237_381: "Travis comments",
        105_309_205: "VS Code triage",
        19_864_447: "GitHub's web committer",
    ]

    private static let addresses: [String: String] = [
        "noreply@github.com": "GitHub's web committer",
        "gobot@golang.org": "Go's submit service",
        "support@dependabot.com": "Dependabot",
        "bot@renovateapp.com": "Renovate",
        "support@greenkeeper.io": "Greenkeeper",
        "snyk-bot@snyk.io": "Snyk",
        "actions@github.com": "GitHub Actions",
        "action@github.com": "GitHub Actions",
        "noreply@weblate.org": "Weblate",
    ]
}
