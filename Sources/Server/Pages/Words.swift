import Reputation

/// A number with its noun: `1 review`, `1,204 reviews`.
func counted(_ n: Int64, _ one: String, _ many: String) -> String { "\(grouped(n)) \(n == 1 ? one : many)" }

/// `n` with a comma after every three digits.
func grouped(_ n: Int64) -> String {
    let digits = String(n.magnitude)
    var text = ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return n < 0 ? "−" + text : text
}

/// A name of the ledger that has no words of its own: `some_reason` reads `some reason`.
func plain(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }

/// The first letter of `text` as a capital.
func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

/// How a day is said: `March 2015`; text that is no day stays as it is.
func monthAndYear(_ day: String) -> String {
    let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    guard let (year, month, _) = Day(day)?.civil else { return day }
    return "\(months[Int(month) - 1]) \(year)"
}

/// The years from the day `first` to the day `last`: `2015–2026`, or `2015`.
func yearRange(_ first: String, _ last: String) -> String {
    let years = [first.prefix(4), last.prefix(4)]
    return years[0] == years[1] ? String(years[0]) : "\(years[0])–\(years[1])"
}

/// The words for a facet.
struct FacetWords {
    let title: String
    /// What it counts, in a sentence.
    let meaning: String
    /// One counted fact, and several.
    let one: String
    let many: String

    init(_ title: String, _ meaning: String, _ one: String, _ many: String) {
        self.title = title
        self.meaning = meaning
        self.one = one
        self.many = many
    }

    /// The words for the facet `name`; a facet this version does not know is called by its name.
    init(facet name: String) {
        self = FacetWords.known[name] ?? FacetWords(capitalized(plain(name)), "", "fact", "facts")
    }

    private static let known: [String: FacetWords] = [
        "reviewing": .init("Reviewing", "Reviews given on other people’s changes.", "review", "reviews"),
        "contributing": .init(
            "Contributing", "Changes that somebody else accepted.", "accepted change", "accepted changes"),
        "triage": .init("Triage", "Other people’s issues sorted or closed.", "issue triaged", "issues triaged"),
        "maintaining": .init(
            "Maintaining", "Packages kept that other owners’ packages depend on.", "package", "packages"),
        "design": .init(
            "Design", "Discussions that people with a role in the project answered.", "discussion", "discussions"),
        "security": .init("Security", "Credits in published security advisories.", "credit", "credits"),
        "longevity": .init("Longevity", "Work of any kind, over the years.", "fact", "facts"),
        "disclosure": .init(
            "Disclosure", "Disclosed use of assisting tools. Neutral: it raises and lowers nothing.", "disclosure",
            "disclosures"),
    ]
}

/// What facts of a kind are called, several of them.
func kindTitle(_ kind: String) -> String {
    let titles: [String: String] = [
        "review_given": "Reviews given", "change_merged": "Changes merged", "change_declined": "Changes declined",
        "issue_triaged": "Issues triaged", "issue_reported": "Issues reported",
        "design_discussion": "Design discussions", "package_maintained": "Packages maintained",
        "release_published": "Releases published", "security_credit": "Security credits",
        "commit_trailer": "Commit trailers", "commit_authored": "Commits authored", "vouch": "Vouches",
        "disclosure": "Disclosures", "attested_activity": "Attested activity",
    ]
    return titles[kind] ?? capitalized(plain(kind))
}

/// What one fact of a kind is called.
func kindName(_ kind: String) -> String {
    let names: [String: String] = [
        "review_given": "Review", "change_merged": "Change merged", "change_declined": "Change declined",
        "issue_triaged": "Issue triaged", "issue_reported": "Issue reported",
        "design_discussion": "Design discussion", "package_maintained": "Package maintained",
        "release_published": "Release", "security_credit": "Security credit", "commit_trailer": "Commit trailer",
        "commit_authored": "Commit", "vouch": "Vouch", "disclosure": "Disclosure",
        "attested_activity": "Attested activity",
    ]
    return names[kind] ?? capitalized(plain(kind))
}

/// What a review that ended so did.
func reviewEffect(_ outcome: String) -> String {
    let effects = [
        "changes_requested": "Asked for changes", "approved": "Approved", "commented": "Remarked without a verdict",
        "dismissed": "Was dismissed", "unknown": "The source does not say",
    ]
    return effects[outcome] ?? capitalized(plain(outcome))
}

/// Why a fact does not count, or what is noteworthy about it.
func reason(_ name: String) -> String {
    let reasons: [String: String] = [
        "not_the_subject": "about another account", "future": "after the day of reading",
        "duplicate": "the same fact again", "not_scored": "a kind the model does not score",
        "own_word": "own word only", "bot_actor": "done by a bot", "agent_actor": "done by a program for somebody",
        "fork_only": "never left a fork", "rubber_stamp": "bare approval or merge of much in no time",
        "self_reviewed": "review of their own change", "self_merged": "merged by themselves, approved by nobody else",
        "own_account": "only their own accounts took part",
        "same_owner_counterparty": "the others belong to the same owner", "bot_counterparty": "only bots took part",
        "no_counterparty": "nobody else known to have taken part", "undone": "undone later",
        "dependents_unknown": "not known who depends on it", "few_dependents": "too few others depend on it",
        "self_owned": "in their own project", "not_confirmed": "the outcome confirms nothing",
        "reciprocal_pair": "two accounts that mostly confirm each other", "archived_project": "project archived",
        "assistance_disclosed": "assistance disclosed", "burst": "part of a burst",
        "spray": "spread over many projects at once", "disputed": "disputed; suspended while that is open",
    ]
    return reasons[name] ?? plain(name)
}

/// What a raw number of a fact is called.
func measure(_ name: String, _ value: Int64) -> String {
    switch name {
    case "additions": "+\(grouped(value)) lines"
    case "deletions": "−\(grouped(value)) lines"
    case "changed_files": counted(value, "file", "files")
    case "commits": counted(value, "commit", "commits")
    case "comments": counted(value, "comment", "comments")
    case "review_comments": counted(value, "review comment", "review comments")
    case "inline_comments": counted(value, "inline comment", "inline comments")
    case "time_to_merge_s": "merged after \(duration(value))"
    case "latency_s": "answered after \(duration(value))"
    case "binaries": counted(value, "binary package", "binary packages")
    case "direct_external_dependents": counted(value, "outside dependent", "outside dependents")
    case "maintainers": counted(value, "maintainer", "maintainers")
    case "body_length": counted(value, "character", "characters")
    case "threads_resolved": counted(value, "thread resolved", "threads resolved")
    case "reviewers": counted(value, "reviewer", "reviewers")
    case "rounds": counted(value, "round", "rounds")
    case "participants": counted(value, "participant", "participants")
    case "labels": counted(value, "label", "labels")
    case "releases_12_months": counted(value, "release in twelve months", "releases in twelve months")
    case "severity_tenths": "CVSS \(value / 10).\(value % 10) or more"
    case "period_from_day": "from \(Day(number: value))"
    case "period_to_day": "to \(Day(number: value))"
    case "expires_day": "ends \(Day(number: value))"
    case "author_pushed_after": value == 0 ? "nothing pushed after" : "author pushed after"
    case "first_reviewer": value == 0 ? "not the first reviewer" : "first reviewer"
    case "merged_after": value == 0 ? "not merged" : "merged later"
    case "deprecated": value == 0 ? "not deprecated" : "deprecated"
    case "trusted_publishing": value == 0 ? "no trusted publishing" : "trusted publishing"
    case "provenance": value == 0 ? "no provenance" : "provenance attested"
    default: "\(plain(name)) \(grouped(value))"
    }
}

/// `seconds` in the largest unit that keeps at least two of it.
func duration(_ seconds: Int64) -> String {
    switch seconds {
    case 172_800...: "\(grouped(seconds / 86_400)) days"
    case 7_200...: "\(seconds / 3_600) hours"
    case 120...: "\(seconds / 60) minutes"
    default: counted(seconds, "second", "seconds")
    }
}

/// What a platform is called.
func platformName(_ platform: String) -> String {
    let names = [
        "github": "GitHub", "gitlab": "GitLab", "debian": "Debian", "git": "Git", "email": "E-mail", "pypi": "PyPI",
        "npm": "npm", "crates": "crates.io", "codeberg": "Codeberg",
    ]
    return names[platform] ?? platform
}

/// How strong a class of sources is, said in a few words.
func sourceStrength(_ name: String) -> String {
    let words = [
        "registry": "signed registry index", "forge": "asked from the forge", "webhook": "sent by the forge",
        "archive": "public event archive", "repository": "commit in a clone", "attested": "signed by an organisation",
        "self": "own word only",
    ]
    return words[name] ?? plain(name)
}

/// What share of what a rate states.
func rateMeaning(_ name: String) -> String {
    let words = [
        "acceptance": "changes merged, of those merged or declined by somebody else",
        "stood": "changes and commits that nobody took back within 30 days",
        "substantive": "reviews that asked or said something",
        "kept": "issues that stayed as they were triaged",
    ]
    return words[name] ?? plain(name)
}

/// `perMille` as per cent, `97 %`.
func percent(_ perMille: Int64) -> String { "\((perMille + 5) / 10)\u{A0}%" }
