import Foundation
import Reputation
import TestSupport
import Testing

@testable import Connectors

/// A repository made for one test.
private final class Repository {
    let folder: Folder
    let path: String

    init(_ script: String = "") throws {
        self.folder = try Folder()
        self.path = "\(self.folder.path)/kite"
        try shell("git init -q -b main kite", in: self.folder.path, Repository.environment)
        if !script.isEmpty { try self.run(script) }
    }

    static let environment = [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada", "LC_ALL": "C.UTF-8",
        "GIT_AUTHOR_EMAIL": "Ada@Example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "2015-06-07T08:09:10Z", "GIT_COMMITTER_DATE": "2015-06-08T08:09:10Z",
    ]

    @discardableResult
    func run(_ script: String, _ more: [String: String] = [:]) throws -> String {
        try shell("set -e\n" + script, in: self.path, Repository.environment.merging(more) { $1 })
    }

    /// Commits with `message` and gives the commit's id.
    @discardableResult
    func commit(_ message: String, _ more: [String: String] = [:]) throws -> String {
        try self.run(
            #"git commit -q --allow-empty -m "$MESSAGE" && git rev-parse HEAD"#,
            more.merging(["MESSAGE": message]) { $1 }
        )
        .filter { !$0.isWhitespace }
    }
}

@Test func `a history that was rewritten no longer continues what was read`() throws {
    let repository = try Repository()
    let first = try repository.commit("one")
    let second = try repository.commit("two")
    let (clone, _) = try read(repository.path)
    #expect(clone.cursor == second)
    #expect(try clone.continues(first) && clone.continues(second))
    try repository.run("git commit -q --amend --allow-empty -m other")
    let rewritten = try GitClone(path: repository.path, observedAt: now)
    #expect(try rewritten.continues(first))
    #expect(try !rewritten.continues(second), "it is still in the repository, and HEAD does not reach it")
    #expect(try !rewritten.continues(String(repeating: "0", count: 40)))
}

private func read(_ path: String) throws -> (clone: GitClone, records: [Record]) {
    let clone = try GitClone(path: path, observedAt: now)
    let (records, error) = drain(clone)
    #expect(error == nil)
    #expect(clone.coverage.complete)
    return (clone, records)
}

private func kind(of body: () throws -> GitClone) -> ProgramError.Kind? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? ProgramError)?.kind
    }
}

@Test func `a commit is a fact about its author, dated when it was committed`() throws {
    let repository = try Repository()
    let root = try repository.commit("one", ["GIT_COMMITTER_EMAIL": "mira@example.org"])
    let (clone, records) = try read(repository.path)
    let fact = try #require(records.first?.evidence.first)
    #expect(records.map(\.position) == ["commit \(root)"])
    #expect(fact.kind == .commitAuthored)
    #expect(fact.account == Account(key: .init(platform: .email, id: "ada@example.org"), login: ""))
    #expect(fact.project == Project(platform: .git, id: root, name: "kite"))
    #expect(fact.object == .init(id: root))
    #expect(fact.occurredAt == Instant(rfc3339: "2015-06-08T08:09:10Z"))
    #expect(fact.counterparties.map(\.role) == [.committer])
    #expect(fact.counterparties.map(\.account.key.id) == ["mira@example.org"])
    #expect(fact.source == .init(adapter: "git", class: .repository, locator: "kite", digest: root))
    #expect(fact.flags.isEmpty && fact.measures.isEmpty)
    #expect(clone.cursor == root)
    #expect(clone.progress == ImportProgress(done: 1, total: 1, unit: .commits))
}

@Test func `trailers name who reviewed, tested, reported and signed, whatever their case`() throws {
    let repository = try Repository()
    try repository.commit(
        """
        Fix the winch

        Body with Reviewed-by: Nobody <nobody@example.org> in the middle.

        Reviewed-By: Mira <Mira@Example.org>
        reviewed-by: Mira again <mira@example.org>
        Acked-by: Ben
          of the harbour <ben@example.org>
        Tested-by: No Address
        Reported-by: Cleo <cleo@example.org>
        Co-authored-by: Dora <dora@example.org>
        Signed-off-by: Ada <ada@example.org>
        Fixes: 123
        """)
    let (clone, records) = try read(repository.path)
    let facts = try #require(records.first).evidence.filter { $0.kind == .commitTrailer }
    #expect(facts.map(\.outcome) == [.reviewedBy, .ackedBy, .reportedBy, .coAuthoredBy, .signedOffBy])
    #expect(facts.map { String($0.account.key.id.prefix { $0 != "@" }) } == ["mira", "ben", "cleo", "dora", "ada"])
    #expect(facts.allSatisfy { $0.counterparties.map(\.account.key.id) == ["ada@example.org"] && $0.flags.isEmpty })
    #expect(Set(facts.map(\.identity)).count == facts.count)
    #expect(records.first?.ignored == ["trailer_repeated", "trailer_without_address"])
    #expect(
        clone.trailers == [
            "Reviewed-by": 2, "Acked-by": 1, "Tested-by": 1, "Reported-by": 1, "Co-authored-by": 1, "Signed-off-by": 1,
        ])
}

/// A repository whose commits are signed by a new SSH key, and the key's fingerprint as `ssh-keygen` gives it.
private func signing(_ type: String) throws -> (repository: Repository, fingerprint: String) {
    let repository = try Repository(
        """
        ssh-keygen -q -t \(type) -N '' -C '' -f ../key
        git config gpg.format ssh && git config user.signingkey "$PWD/../key.pub" && git config commit.gpgsign true
        echo "ada@example.org namespaces=\\"git\\" $(cat ../key.pub)" > ../allowed
        git config gpg.ssh.allowedSignersFile "$PWD/../allowed"
        """)
    return (repository, try repository.run("ssh-keygen -l -f ../key.pub | cut -d' ' -f2").filter { !$0.isWhitespace })
}

@Test(arguments: ["ed25519", "ecdsa", "rsa -b 3072"])
func `a commit that git signs with an SSH key is valid by that key, as git says`(type: String) throws {
    let (repository, fingerprint) = try signing(type)
    // Trailing spaces, empty lines and bytes that are no UTF-8 are signed as they stand.
    try repository.run(
        #"printf 'One  \n\n\n  two \t\n\377\n' | git -c i18n.commitEncoding=latin1 commit -q --allow-empty --cleanup=verbatim -F -"#
    )
    try repository.commit("two")
    #expect(try repository.run("git log --format=%G?").filter { !$0.isWhitespace } == "GG", "git's own word")
    let facts = try read(repository.path).records.flatMap(\.evidence)
    #expect(facts.map(\.signature) == Array(repeating: .init(state: .valid, key: fingerprint), count: 2))
    #expect(try facts.map { try Evidence(parsing: $0.canonicalDocument.utf8) } == facts)
}

@Test func `a bad signature is named, and what is not checked is not called bad`() throws {
    let (repository, fingerprint) = try signing("ed25519")
    try repository.commit("one")
    /// Writes the last commit again with `change` to its object.
    func forge(_ change: String) throws {
        try repository.run(
            "git cat-file commit HEAD | \(change) > ../object && git update-ref HEAD $(git hash-object -t commit -w ../object)"
        )
    }
    func last() throws -> Evidence.Signature? { try read(repository.path).records.last?.evidence.first?.signature }
    try forge("sed 's/^one$/another/'")
    #expect(try last() == .init(state: .invalid, key: fingerprint, reason: "wrong_signature"))
    try forge("sed '/^ U1NI/d'")
    #expect(try last() == .init(state: .invalid, reason: "malformed"))
    try forge("sed 's/SSH SIGNATURE/PGP SIGNATURE/'")
    #expect(try last() == .init(state: .unchecked, reason: "not_ssh"))
    try repository.run("git -c commit.gpgsign=false commit -q --allow-empty -m plain")
    #expect(try last() == nil)
    try repository.run(
        """
        git cat-file commit HEAD > ../payload && ssh-keygen -q -Y sign -n file -f ../key ../payload
        (grep -m1 ^tree ../payload; grep -m1 ^parent ../payload; grep -m1 ^author ../payload; grep -m1 ^committer ../payload
         echo "gpgsig $(sed '2,$s/^/ /' ../payload.sig)"; sed '1,/^$/{/^$/!d}' ../payload) > ../object
        git update-ref HEAD $(git hash-object -t commit -w ../object)
        """)
    #expect(try last() == .init(state: .invalid, key: fingerprint, reason: "wrong_namespace"))
}

@Test func `a commit names the one that git revert says it reverts`() throws {
    let repository = try Repository()
    let first = try repository.commit("one")
    let second = try repository.commit("two")
    try repository.commit("Revert \"one\"\n\nThis reverts commit \(first).\n\nReviewed-by: Mira <mira@example.org>")
    try repository.commit("Revert both\n\nThis reverts commit \(first).\nThis reverts commit \(second).")
    try repository.commit("Say more\n\nThis reverts commit \(first.prefix(12)).\nNot this reverts commit \(second)")
    let facts = try read(repository.path).records.flatMap(\.evidence)
    let authored = facts.filter { $0.kind == .commitAuthored }
    #expect(authored.map(\.object.undoes) == [nil, nil, first, nil, nil])
    #expect(facts.count == 6, "and its trailers are read as before")
}

@Test func `a review by the author is flagged, also under an address the mailmap replaces`() throws {
    let repository = try Repository(#"echo "Ada <ada@example.org> <old@example.org>" > .mailmap && git add .mailmap"#)
    try repository.commit(
        "one\n\nReviewed-by: Ada <old@example.org>\nTested-by: Ada <ada@example.org>\nSigned-off-by: Ada <ada@example.org>",
        ["GIT_AUTHOR_EMAIL": "old@example.org"])
    let facts = try read(repository.path).records.flatMap(\.evidence)
    #expect(
        facts.map(\.account.key.id) == ["ada@example.org", "old@example.org", "ada@example.org", "ada@example.org"])
    #expect(facts.map { $0.flags.contains(.selfReviewed) } == [false, true, true, false])
}

@Test(arguments: [
    ("Assisted-by: Claude:some-model", true), ("Co-authored-by: Claude <noreply@anthropic.com>", true),
    ("Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>", true),
    ("Signed-off-by: X <1+devin-ai-integration[bot]@users.noreply.github.com>", true),
    ("Co-authored-by: Claude Martin <claude.martin@example.org>", false),
    ("Co-authored-by: Devin <12+devin@users.noreply.github.com>", false),
    ("Acked-by: Jules <jules@example.org>", false),
])
func `assistance is disclosed by a trailer or a tool's address, never by a name`(trailer: String, isTool: Bool) throws {
    let repository = try Repository()
    try repository.commit("one\n\n\(trailer)")
    let facts = try read(repository.path).records.flatMap(\.evidence)
    #expect(facts[0].flags.contains(.assistanceDisclosed) == isTool)
    #expect(facts.count == (isTool ? 1 : 2))
    #expect(facts.allSatisfy { $0.account.kind == .user })
}

@Test func `programs that author or commit are flagged`() throws {
    let repository = try Repository()
    try repository.commit("one", ["GIT_AUTHOR_EMAIL": "1+renovate[bot]@users.noreply.github.com"])
    try repository.commit("two", ["GIT_COMMITTER_EMAIL": "noreply@github.com"])
    let facts = try read(repository.path).records.flatMap(\.evidence)
    #expect(facts.map(\.account.kind) == [.bot, .user])
    #expect(facts.map(\.flags) == [[.botActor], [.botCounterparty]])
}

@Test func `merges and authors without an address are no evidence, by name`() throws {
    let repository = try Repository()
    try repository.commit("one")
    try repository.run("git switch -q -c side")
    try repository.commit("side", ["GIT_AUTHOR_EMAIL": "root"])
    try repository.run("git switch -q main")
    try repository.commit("two")
    try repository.run("git merge -q --no-ff -m 'merge' -m 'Reviewed-by: Mira <mira@example.org>' side")
    let (clone, records) = try read(repository.path)
    #expect(
        tally(records) == ["commit_authored": 2, "commit_trailer": 1, "merge_commit": 1, "author_without_address": 1])
    #expect(clone.coverage.n == 4)
}

@Test func `a clone's bare copy is the same project with the same facts`() throws {
    let repository = try Repository()
    let root = try repository.commit("one")
    try repository.commit("two\n\nAcked-by: Mira <mira@example.org>")
    try repository.run(
        "git clone -q --bare . ../other.git && git -C ../other.git remote set-url origin https://user:secret@example.org/harbor/kite.git/"
    )
    let (work, workRecords) = try read(repository.path)
    let (bare, bareRecords) = try read("\(repository.folder.path)/other.git")
    #expect(work.project.id == root)
    #expect(work.project == bare.project)
    #expect(workRecords == bareRecords)
}

@Test func `reading resumes after the last commit, and finds what was pushed since`() throws {
    let repository = try Repository()
    for name in ["one", "two"] { try repository.commit(name) }
    let first = try read(repository.path).clone
    let third = try repository.commit("three")
    let rest = try GitClone(path: repository.path, observedAt: now, resumingAfter: first.cursor)
    #expect(rest.project == first.project)
    #expect(rest.progress.total == 1)
    #expect(drain(rest).records.map(\.position) == ["commit \(third)"])
    for cursor in [String(repeating: "a", count: 40), "--all", "HEAD"] {
        #expect(kind { try GitClone(path: repository.path, observedAt: now, resumingAfter: cursor) } == .foreignCursor)
    }
}

@Test func `what is no whole repository is refused by name`() throws {
    let repository = try Repository()
    let path = repository.path
    #expect(kind { try GitClone(path: path, observedAt: now) } == .noCommits)
    for name in ["one", "two"] { try repository.commit(name) }
    try repository.run("mkdir inner ../empty && git clone -q --depth 1 file://$PWD ../shallow")
    let folder = repository.folder.path
    for missing in ["\(folder)/none", "\(folder)/empty", "\(path)/inner", folder] {
        #expect(kind { try GitClone(path: missing, observedAt: now) } == .noRepository, "\(missing)")
    }
    #expect(kind { try GitClone(path: "\(folder)/shallow", observedAt: now) } == .shallow)
}

@Test func `a path that looks like an option is a path`() throws {
    let repository = try Repository()
    try repository.commit("one")
    try shell("mv kite -- '--version'", in: repository.folder.path)
    #expect(try read("\(repository.folder.path)/--version").records.count == 1)
}

@Test func `a hostile repository runs nothing of its own and rewrites nothing`() throws {
    let repository = try Repository()
    try repository.commit("one")
    let trap = "\(repository.folder.path)/trap"
    _ = try repository.folder.write("#!/bin/sh\ntouch \(trap)\nexit 1\n".utf8, as: "evil.sh")
    let signed = try repository.run(
        """
        chmod +x ../evil.sh
        tree=$(git rev-parse HEAD^{tree})
        printf 'tree %s\\nparent %s\\nauthor A <ada@example.org> 1 +0000\\ncommitter A <ada@example.org> 1 +0000\\ngpgsig -----BEGIN PGP SIGNATURE-----\\n x\\n -----END PGP SIGNATURE-----\\n\\ntwo\\n' \
            $tree $(git rev-parse HEAD) > ../signed
        git reset -q --hard $(git hash-object -t commit -w ../signed)
        git rev-parse HEAD
        for key in core.fsmonitor core.pager core.sshCommand gpg.program diff.external; do git config $key $PWD/../evil.sh; done
        git config log.showSignature true
        git config core.hooksPath $PWD/..
        git config trailer.separators '%'
        git config i18n.logOutputEncoding UTF-16
        git log -1 > /dev/null 2>&1 || true
        """
    ).filter { !$0.isWhitespace }
    // The trap works: git as it is falls into it.
    #expect(FileManager.default.fileExists(atPath: trap))
    try FileManager.default.removeItem(atPath: trap)
    let replacement = try repository.run(
        "git -c core.fsmonitor= commit-tree HEAD^{tree} -m 'x\n\nAcked-by: Eve <eve@example.org>'")
    try repository.run("git replace HEAD \(replacement.filter { !$0.isWhitespace })")
    try? FileManager.default.removeItem(atPath: trap)
    let records = try read(repository.path).records
    #expect(records.last?.position == "commit \(signed)")
    #expect(tally(records) == ["commit_authored": 2])
    #expect(!FileManager.default.fileExists(atPath: trap))
}

@Test func `a commit from beyond the calendar is put aside`() throws {
    let repository = try Repository()
    try repository.commit("one", ["GIT_COMMITTER_DATE": "@300000000000 +0000"])
    let record = try #require(try read(repository.path).records.first)
    #expect(record.quarantined?.reason == #"the commit's time is "300000000000""#)
}

@Test func `a program that does not end is ended, and says so`() throws {
    let program = try Program("tail", ["-f", "/dev/null"], seconds: 1)
    #expect(throws: ProgramError(kind: .timedOut, program: "tail", detail: "did not end within its time")) {
        try program.finish()
    }
    #expect(throws: ProgramError(kind: .missing, program: "no-such-program", detail: "is not installed")) {
        _ = try Program("no-such-program", [], seconds: 1)
    }
}

@Test func `a program that is no longer needed is ended`() throws {
    var endless: Program? = try Program("sh", ["-c", "printf %010d $$; exec tail -f /dev/null"], seconds: 600)
    let written = String(decoding: try #require(try endless?.output.read(upToCount: 10)), as: UTF8.self)
    let pid = try #require(Int(written))
    #expect(FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    endless = nil
    try shell("timeout 20 sh -c 'while [ -e /proc/\(pid) ] && ! grep -q \") Z \" /proc/\(pid)/stat; do :; done'")
}

@Suite(.enabled(if: Recorded.isThere, "the recorded data are not beside the repository"))
struct RecordedClones {
    @Test(arguments: ["libuv", "golang-net", "iproute2"])
    func `a real clone gives what git log finds in it`(name: String) throws {
        let folder = try Folder()
        let data = try #require(Recorded.folder)
        try shell("sh \(data)/git/restore-bundle.sh \(data)/git/\(name).bundle \(name).git", in: folder.path)
        let path = "\(folder.path)/\(name).git"
        let (clone, records) = try read(path)
        let facts = records.flatMap(\.evidence)
        #expect(records.allSatisfy { $0.quarantined == nil })
        #expect(records.count == Int(try shell("git rev-list --count HEAD", in: path).filter(\.isNumber)))
        let authored = try shell("git log --no-merges --format=%aE | grep -c '.@[^@]*$'", in: path)
        #expect(facts.count { $0.kind == .commitAuthored } == Int(authored.filter(\.isNumber)))
        let assisted = try shell(
            "git log --no-merges --format='%(trailers:only,unfold,separator=%x20)' | grep -icE 'assisted-by:|noreply@anthropic.com' || true",
            in: path)
        #expect(facts.count { $0.flags.contains(.assistanceDisclosed) } == Int(assisted.filter(\.isNumber)))
        for role in ["Reviewed-by", "Acked-by", "Tested-by", "Reported-by", "Co-authored-by", "Signed-off-by"] {
            let count = try shell(
                "git log --format='%(trailers:key=\(role),only)' | grep -ic '^\(role):' || true", in: path)
            #expect(clone.trailers?[role] ?? 0 == Int(count.filter(\.isNumber)), "\(role)")
            let people = counts(
                try shell(
                    """
                    git log --format='commit %H%n%(trailers:key=\(role),only,unfold)' | awk '
                        /^commit / { commit = $2; next }
                        match($0, /<[^<> ]+@[^<> @]+>/) { print commit, tolower(substr($0, RSTART + 1, RLENGTH - 2)) }
                    ' | sort -u | awk '{ print $2 }' | sort | uniq -c
                    """, in: path))
            var ours: [String: Int] = [:]
            for fact in facts where fact.outcome?.rawValue == role { ours[fact.account.key.id, default: 0] += 1 }
            #expect(ours == people.filter { $0.key != "noreply@anthropic.com" }, "\(role)")
        }
    }
}

@Test func `the names of authors come with their addresses, after the clone's mailmap`() throws {
    let repository = try Repository()
    try repository.commit("one")
    try repository.commit("two", ["GIT_AUTHOR_NAME": "Ben", "GIT_AUTHOR_EMAIL": "ben@old.org"])
    try repository.commit("three", ["GIT_AUTHOR_NAME": "Nobody", "GIT_AUTHOR_EMAIL": "nowhere"])
    try repository.run("printf 'Benjamin <ben@new.org> <ben@old.org>\\n' > .mailmap")
    let names = try authorNames(ofClone: repository.path).map { "\($0.name) \($0.address)" }.sorted()
    #expect(names == ["Ada ada@example.org", "Benjamin ben@new.org"])
}
