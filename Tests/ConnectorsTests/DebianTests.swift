import Connectors
import Decoding
import Foundation
import Reputation
import TestSupport
import Testing

private func sources(
    _ name: String, _ version: String = "1.0-1", by maintainer: String, uploaders: String? = nil, more: String = ""
)
    -> String
{
    "Package: \(name)\nBinary: lib\(name)1, \(name)-doc\nVersion: \(version)\nMaintainer: \(maintainer)\n"
        + (uploaders.map { "Uploaders: \($0)\n" } ?? "") + more + "Directory: pool/main/x\nFiles:\n 00 1 a.dsc\n\n"
}

private func packages(
    _ name: String, source: String? = nil, by maintainer: String, depends: String = "", more: String = ""
) -> String {
    "Package: \(name)\n" + (source.map { "Source: \($0)\n" } ?? "") + "Version: 1.0-1\nMaintainer: \(maintainer)\n"
        + (depends.isEmpty ? "" : "Depends: \(depends)\n") + more + "Filename: pool/main/x.deb\n\n"
}

private let ada = "Ada <Ada@Example.org>"
private let mira = "Mira <mira@example.org>"
private let ben = "Ben <ben@example.org>"

private func read(_ files: [(name: String, text: String)], in folder: Folder) throws -> (
    index: DebianIndex, records: [Record]
) {
    let paths = try files.map { try folder.write($0.text.utf8, as: $0.name) }
    let index = try DebianIndex(paths: paths, observedAt: now)
    let (records, error) = drain(index)
    #expect(error == nil)
    #expect(index.coverage.complete)
    return (index, records)
}

private func read(_ files: (name: String, text: String)...) throws -> [Record] {
    try read(files, in: try Folder()).records
}

@Test func `a source package is a fact about its maintainer and about each uploader`() throws {
    let stanza = sources(
        "winch", by: ada,
        uploaders: "\"Mira, M.\" <mira@example.org>,\n Ben <ben@example.org>, Ada <ada@example.org>, Cleo")
    let record = try #require(try read(("x_Sources", stanza)).first)
    #expect(record.position == "x_Sources stanza 1")
    #expect(record.evidence.map(\.account.key.id) == ["ada@example.org", "mira@example.org", "ben@example.org"])
    #expect(record.evidence.map(\.outcome) == [.maintainer, .uploader, .uploader])
    #expect(record.ignored == ["person_without_address"])
    let fact = record.evidence[1]
    #expect(fact.kind == .packageMaintained)
    #expect(fact.account.login.isEmpty && fact.account.kind == .user)
    #expect(
        fact.project
            == Project(
                platform: .debian, id: "winch", name: "winch", owner: .init(platform: .email, id: "ada@example.org")))
    #expect(fact.object == .init(id: "winch_1.0-1", unit: "winch", url: "https://tracker.debian.org/pkg/winch"))
    #expect(fact.counterparties.map(\.account.key.id) == ["ada@example.org"])
    #expect(fact.measures == [.binaries: 2, .maintainers: 3])
    #expect(fact.occurredAt == now)
    #expect(fact.source.adapter == "debian" && fact.source.class == .registry && fact.source.locator == "x_Sources")
    let digest = try shell("printf '%s\\n' \"$STANZA\" | sha256sum", ["STANZA": String(stanza.dropLast(2))])
    #expect(digest.prefix(64) == fact.source.digest)
}

@Test func `dependents are counted by distinct other maintainers of source packages`() throws {
    let text =
        packages("libwinch1", source: "winch (1.0-1)", by: ada, more: "Provides: winch-api (= 1), hoist\n")
        + packages("winch-doc", source: "winch", by: ada, depends: "libwinch1")  // the source itself
        + packages("crane", by: mira, depends: "libc6, missing | libwinch1:any (>= 1)")  // by an alternative
        + packages("crane-extra", source: "crane", by: mira, depends: "libwinch1 [amd64]")  // the same source
        + packages("derrick", by: mira, depends: "libwinch1")  // the same maintainer
        + packages("boom", by: ada, depends: "libwinch1")  // its own maintainer
        + packages("jib", by: ben, more: "Pre-Depends: hoist\n")  // by a provided name
        + packages("mast", by: ben, more: "Recommends: crane\n")  // no dependency
    let records = try read(("x_Packages", text))
    let dependents = Dictionary(
        uniqueKeysWithValues: records.flatMap(\.evidence).map { ($0.project.id, $0.measures[.externalDependents]) })
    #expect(dependents == ["winch": 2, "crane": 0, "derrick": 0, "boom": 0, "jib": 0, "mast": 0])
    #expect(records.map(\.ignored) == [[], ["same_source_package"], [], ["same_source_package"], [], [], [], []])
    let winch = try #require(records.first?.evidence.first)
    #expect(winch.object.id == "winch_1.0-1")
    #expect(winch.measures[.binaries] == 2)
    #expect(winch.measures[.maintainers] == nil)
}

@Test func `where both indices are at hand, the source speaks and the binaries say who depends on it`() throws {
    let records = try read(
        (
            "x_Packages",
            packages("libwinch1", source: "winch", by: ada) + packages("crane", by: mira, depends: "libwinch1")
        ),
        ("x_Sources", sources("winch", by: ada, uploaders: ben)),
        (
            "y_Sources",
            sources("winch", by: ada, uploaders: ben)
                + sources("winch", "0.9-1", by: ada, more: "Extra-Source-Only: yes\n")
        ))
    #expect(
        records.map(\.ignored) == [
            ["told_by_its_source"], [], [], ["same_source_package"], ["kept_for_another_version"],
        ])
    #expect(
        records[2].evidence.map(\.measures)
            == Array(repeating: [.binaries: 1, .maintainers: 2, .externalDependents: 1], count: 2))
}

@Test(arguments: [
    ("Team <pkg-winch@lists.alioth.debian.org>", Account.Kind.organization),
    ("T <winch@packages.debian.org>", .organization),
    ("T <team+winch@tracker.debian.org>", .organization), ("T <pkg@alioth-lists.debian.net>", .organization),
    ("QA <packages@qa.debian.org>", .organization), ("T <winch-devel@lists.debian.org>", .organization),
    ("A <ada-guest@users.alioth.debian.org>", .user), ("A <ada@debian.org>", .user),
    ("A <listserv@example.org>", .user),
])
func `a team's address is an organisation's`(maintainer: String, kind: Account.Kind) throws {
    #expect(try read(("x_Sources", sources("winch", by: maintainer))).first?.evidence.first?.account.kind == kind)
}

@Test(arguments: [
    ("no field here\n\n", "the stanza has a line that is no field"),
    (" x\n\n", "the stanza begins with a continuation line"),
    ("Package: a\nPackage: b\n\n", #"the stanza has the field "package" twice"#),
    ("Package: winch\nMaintainer: A <a@b>\nDirectory: x\n\n", "Version: missing or no version"),
    ("Package: ../winch\nVersion: 1\n\n", "Package: missing or no package name"),
    ("Package: winch\nVersion: 1\nDirectory: x\n\n", "Maintainer: missing"),
    ("Package: winch\nVersion: 1\nMaintainer: A <a@b>\n\n", "the stanza is of no Packages and no Sources index"),
])
func `a malformed stanza is put aside by its number, and the others stand`(stanza: String, reason: String) throws {
    let records = try read(("x_Sources", sources("winch", by: ada) + stanza + sources("crane", by: mira)))
    #expect(records.map(\.position) == (1...3).map { "x_Sources stanza \($0)" })
    #expect(records.map(\.evidence.count) == [1, 0, 1])
    #expect(records[1].quarantined?.reason == reason)
}

@Test func `facts are dated by the release file beside the index`() throws {
    let folder = try Folder()
    _ = try folder.write(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: X\nDate: Sat,  7 Jun 2025 08:09:10 UTC\nSHA256:\n"
            .utf8,
        as: "deb.example.org_debian_dists_pearl-security_updates_InRelease")
    let file = (
        name: "deb.example.org_debian_dists_pearl-security_updates_main_source_Sources", text: sources("winch", by: ada)
    )
    let (index, records) = try read([file], in: folder)
    let date = Instant(rfc3339: "2025-06-07T08:09:10Z")
    #expect(records.first?.evidence.first?.occurredAt == date)
    #expect(records.first?.evidence.first?.observedAt == now)
    #expect(index.coverage.from == date && index.coverage.to == date)
    #expect(try DebianIndex.files(in: folder.path) == ["\(folder.path)/\(file.name)"])
    #expect(index.locator == file.name)
}

@Test func `a cut index gives its whole stanzas, counts no dependents and says that it is cut`() throws {
    let folder = try Folder()
    let text = (0..<60).map { packages("p\($0 * $0)", by: "A <a\($0 * 7)@example.org>", depends: "p0") }.joined()
    _ = try folder.write(text.utf8, as: "x_Packages")
    try shell("gzip x_Packages && head -c 500 x_Packages.gz > y_Packages.gz", in: folder.path)
    let index = try DebianIndex(paths: ["\(folder.path)/y_Packages.gz"], observedAt: now)
    let (records, error) = drain(index)
    #expect((error as? ReadError)?.kind == .cut)
    #expect(records.count > 2)
    #expect(records.flatMap(\.evidence).allSatisfy { $0.measures[.externalDependents] == nil })
    #expect(!index.coverage.complete && index.coverage.reason != nil)
}

@Test func `an import of indices resumes after any record, and only of the same files`() throws {
    let folder = try Folder()
    let text =
        packages("libwinch1", source: "winch", by: ada) + packages("winch-doc", source: "winch", by: ada)
        + packages("jib", by: ben)
    let (_, all) = try read([("x_Packages", text)], in: folder)
    let paths = ["\(folder.path)/x_Packages"]
    for stop in 0...3 {
        let first = try DebianIndex(paths: paths, observedAt: now)
        for _ in 0..<stop { _ = try first.next() }
        let rest = drain(try DebianIndex(paths: paths, observedAt: now, resumingAfter: first.cursor))
        #expect(rest.records == Array(all.dropFirst(stop)))
    }
    #expect(throws: ReadError.self) { try DebianIndex(paths: paths, observedAt: now, resumingAfter: "0:0") }
}

@Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/lib/apt/apt-helper"), "apt is not installed"),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/xz"), "xz is not installed"))
func `an index in another compression of apt's is read through apt`() throws {
    let folder = try Folder()
    _ = try folder.write(sources("winch", by: ada).utf8, as: "x_Sources")
    try shell("xz -k x_Sources && head -c 60 x_Sources.xz > y_Sources.xz", in: folder.path)
    let (records, error) = drain(try DebianIndex(paths: ["\(folder.path)/x_Sources.xz"], observedAt: now))
    #expect(error == nil)
    #expect(records.map(\.evidence.count) == [1])
    #expect(drain(try DebianIndex(paths: ["\(folder.path)/y_Sources.xz"], observedAt: now)).error is ProgramError)
}

@Suite(.enabled(if: Recorded.isThere, "the recorded data are not beside the repository"))
struct RecordedIndices {
    @Test func `a real slice gives the people and dependents that awk finds in it`() throws {
        let data = try #require(Recorded.folder) + "/debian/bookworm-12.15-slice-"
        let (records, error) = drain(
            try DebianIndex(paths: ["\(data)Packages.gz", "\(data)Sources.gz"], observedAt: now))
        #expect(error == nil)
        #expect(records.allSatisfy { $0.quarantined == nil })
        let stanzas = try shell("zcat \(data)*.gz | grep -c '^Package: '")
        #expect(records.count == Int(stanzas.filter(\.isNumber)))
        let folder = try Folder()
        // Sources kept only because a binary elsewhere was built with them say nothing about the suite.
        let unpack =
            "zcat \(data)Packages.gz > Packages; "
            + #"zcat \#(data)Sources.gz | awk 'BEGIN { RS = ""; ORS = "\n\n" } !/\nExtra-Source-Only: yes/' > Sources"#
        try shell(unpack, in: folder.path)
        let facts = records.flatMap(\.evidence)
        let people = try shell(
            #"cat Sources | awk '/^Package: /{p=$2} /^(Maintainer|Uploaders): /{print p, tolower($0)}' "#
                + #"| grep -o '^[^ ]*\|<[^<>]*@[^<>]*>' | awk '/^</{print p, $0; next} {p=$0}' | sort -u | wc -l"#,
            in: folder.path)
        #expect(facts.count { $0.source.locator.contains("Sources") } == Int(people.filter(\.isNumber)))
        let program = #"""
            function address(line) { match(line, /<[^>]*>/); return tolower(substr(line, RSTART, RLENGTH)) }
            /^$/ { package = source = "" ; next }
            FILENAME ~ /Sources/ && /^Package: / { package = $2 }
            FILENAME ~ /Sources/ && /^Maintainer: / { owner[package] = address($0) }
            FILENAME ~ /Sources/ { next }
            /^Package: / { package = source = $2 }
            /^Source: / { source = $2 }
            /^Maintainer: / { if (!(source in owner)) owner[source] = address($0) }
            /^Filename: / { split("", names); count = split(package "," provided[package], names, /,/)
                for (i = 1; i <= count; i++) { sub(/^ */, "", names[i]); sub(/[ (:].*/, "", names[i])
                    if (names[i] != "") gives[names[i]] = gives[names[i]] " " source } }
            /^Provides: / { provided[package] = substr($0, 11) }
            /^(Pre-)?Depends: / { line = $0; sub(/^[^ ]* /, "", line); count = split(line, parts, /[,|]/)
                for (i = 1; i <= count; i++) { name = parts[i]; sub(/^ */, "", name); sub(/[ (:].*/, "", name)
                    need[package SUBSEP name] = 1 } }
            /^Filename: / { from[package] = source }
            END { for (key in need) { split(key, pair, SUBSEP); by = owner[from[pair[1]]]
                    n = split(gives[pair[2]], list, / /)
                    for (i = 1; i <= n; i++) if (list[i] != "" && by != "" && owner[list[i]] != by) found[list[i] SUBSEP by] = 1 }
                for (key in found) { split(key, pair, SUBSEP); total[pair[1]]++ }
                for (name in owner) print total[name] + 0, name }
            """#
        let expected = counts(try shell("awk \"$PROGRAM\" Sources Packages", in: folder.path, ["PROGRAM": program]))
        let ours = Dictionary(
            facts.map { ($0.project.id, Int($0.measures[.externalDependents]!)) },
            uniquingKeysWith: { first, _ in first })
        #expect(ours == expected)
        #expect(expected.values.max()! > 50)
    }
}
