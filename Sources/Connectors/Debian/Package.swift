/// What one stanza of `Packages` or `Sources` says.
struct Package {
    /// Which index it is from.
    enum Index: Equatable {
        case sources
        case packages(binary: String)
    }

    let index: Index
    let source: String
    let version: String
    /// Maintainer first, then uploaders, nobody twice.
    let people: [Person]
    /// People in it that have no address.
    let withoutAddress: Int
    /// Only kept because a binary elsewhere needs its source; not part of the suite.
    let isExtra: Bool
    /// The binaries the source says it builds; none from `Packages`.
    let binaries: [String]
    let provides: [String]
    let depends: [String]

    struct Person: Hashable {
        let address: String
        let isUploader: Bool
    }

    /// The fields that are read, in lower case.
    static let fields: Set<String> = [
        "package", "source", "version", "maintainer", "uploaders", "binary", "provides", "depends", "pre-depends",
        "filename", "directory", "extra-source-only",
    ]

    /// Reads `stanza`.
    init(_ stanza: Stanza) throws(Refusal) {
        if let fault = stanza.fault { throw Refusal(reason: "the stanza \(fault)") }
        let name = try Package.name(stanza["package"] ?? "", in: "Package")
        guard let ownVersion = stanza["version"], Package.isVersion(ownVersion) else {
            throw Refusal(reason: "Version: missing or no version")
        }
        guard let maintainer = stanza["maintainer"] else { throw Refusal(reason: "Maintainer: missing") }
        switch (stanza["filename"], stanza["directory"]) {
        case (.some, nil):
            self.index = .packages(binary: name)
            let origin = (stanza["source"] ?? "").split { $0 == " " || $0 == "(" || $0 == ")" }
            self.source =
                try origin.first.map { name throws(Refusal) in try Package.name(String(name), in: "Source") } ?? name
            self.version = origin.count > 1 ? String(origin[1]) : ownVersion
        case (nil, .some):
            self.index = .sources
            self.source = name
            self.version = ownVersion
        default: throw Refusal(reason: "the stanza is of no Packages and no Sources index")
        }
        guard Package.isVersion(self.version) else { throw Refusal(reason: "Source: no version") }
        self.isExtra = stanza["extra-source-only"]?.lowercased() == "yes"
        self.binaries = Package.names(stanza["binary"])
        self.provides = Package.names(stanza["provides"])
        self.depends = Package.names(stanza["depends"]) + Package.names(stanza["pre-depends"])
        (self.people, self.withoutAddress) = Package.people(maintainer: maintainer, uploaders: stanza["uploaders"])
    }

    /// The source package and its version: what a fact is about.
    var release: String { "\(self.source)_\(self.version)" }

    /// The maintainer's address, or nil when there is none.
    var owner: String? { self.people.first { !$0.isUploader }?.address }

    private static func people(maintainer: String, uploaders: String?) -> ([Person], Int) {
        var people: [Person] = []
        var without = 0
        for (text, isUploader) in [(maintainer, false)] + Package.split(uploaders ?? "").map({ ($0, true) }) {
            guard let address = Commit.Trailer(key: "", value: text).address else {
                without += 1
                continue
            }
            if people.contains(where: { $0.address == address }) { continue }
            people.append(Person(address: address, isUploader: isUploader))
        }
        return (people, without)
    }

    /// `Name <address>, Name <address>`, split where an address ends: a name may have a comma.
    private static func split(_ people: String) -> [String] {
        var parts: [String] = []
        var part = ""
        for character in people {
            if character == ",", part.contains(">") || !part.contains("<") && part.contains("@") {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        return (parts + [part]).filter { !$0.trimmingSpaces().isEmpty }
    }

    /// The names in a relation such as `a (>= 1) | b:any, c [amd64]`; every alternative counts.
    private static func names(_ relation: String?) -> [String] {
        (relation ?? "").split { $0 == "," || $0 == "|" }.compactMap { alternative in
            let text = alternative.drop { $0 == " " || $0 == "\t" }
            let name = text.prefix { !" \t(:[<".contains($0) }
            return name.isEmpty ? nil : String(name)
        }
    }

    /// Policy, section 5.6.1: at least two of lower case, digits and `+-.`; old archives have a few other names.
    private static func name(_ text: String, in field: String) throws(Refusal) -> String {
        let isName =
            !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
            }
        guard isName else { throw Refusal(reason: "\(field): missing or no package name") }
        return text
    }

    /// Policy, section 5.6.12.
    private static func isVersion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.~:".utf8.contains(byte)
            }
    }
}
