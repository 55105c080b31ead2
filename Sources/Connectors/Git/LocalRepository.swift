import Foundation

/// A repository on disk that git reads for us, whatever its own configuration would have git do.
struct LocalRepository {
    /// The newest commit that is read, as `HEAD` stood when the repository was opened.
    let head: String
    /// The first commit of `head`'s first-parent line: what identifies the project wherever it is cloned.
    let root: String
    /// The last part of the origin's address, or of the folder.
    let name: String
    private let folder: URL

    /// Opens the repository, bare or not, at `path`; a folder inside a work tree is not one.
    init(path: String) throws {
        self.folder = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        let shallow = try LocalRepository.ask(self.folder, ["rev-parse", "--is-shallow-repository"]) {
            $0.kind == .failed
                ? ProgramError(kind: .noRepository, program: "git", detail: "\(path) is no git repository") : $0
        }
        guard shallow == "false" else {
            throw ProgramError(
                kind: .shallow, program: "git",
                detail: "the clone is shallow, so its first commits are missing; run git fetch --unshallow")
        }
        self.head = try LocalRepository.ask(self.folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) {
            $0.kind == .failed
                ? ProgramError(kind: .noCommits, program: "git", detail: "\(path) has no commits") : $0
        }
        self.root = try LocalRepository.ask(self.folder, ["rev-list", "--first-parent", "--max-parents=0", self.head])
        let origin = try LocalRepository.ask(
            self.folder, ["config", "--local", "--default", "", "--get", "remote.origin.url"])
        self.name = LocalRepository.name(origin: origin, folder: self.folder)
    }

    /// Starts git on this repository.
    func git(
        _ arguments: [String], seconds: Int = 60, input: FileHandle = .nullDevice, output: FileHandle? = nil
    ) throws(ProgramError) -> Program {
        try LocalRepository.git(self.folder, arguments, seconds: seconds, input: input, output: output)
    }

    /// Whether `id` is the full id of a commit of the repository.
    func has(commit id: String) throws -> Bool {
        guard Commit.isObjectID(id) else { return false }
        do {
            _ = try self.ask(["cat-file", "-e", "\(id)^{commit}"])
            return true
        } catch let error as ProgramError where error.kind == .failed {
            return false
        }
    }

    /// Whether `head` reaches the commit `id`.
    func reaches(_ id: String) throws -> Bool {
        guard try self.has(commit: id) else { return false }
        return try self.ask(["rev-list", "--count", "--max-count=1", id, "^\(self.head)"]) == "0"
    }

    /// The one line git answers.
    func ask(_ arguments: [String]) throws -> String { try LocalRepository.ask(self.folder, arguments) }

    private static func ask(
        _ folder: URL, _ arguments: [String], explain: (ProgramError) -> ProgramError = { $0 }
    ) throws -> String {
        do {
            let text = try LocalRepository.git(folder, arguments, seconds: 60).text()
            return text.split(separator: "\n").first.map(String.init) ?? ""
        } catch let error as ProgramError {
            throw explain(error)
        }
    }

    /// Git with nothing that a hostile repository could use: no hooks, no monitors, no pagers, no signature programs,
    /// no rewriting of history, no fetching, no configuration but the repository's own and, over it, ours.
    private static func git(
        _ folder: URL, _ arguments: [String], seconds: Int, input: FileHandle = .nullDevice, output: FileHandle? = nil
    ) throws(ProgramError) -> Program {
        let settings = [
            "safe.directory=*", "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.commentChar=#",
            "core.pager=cat", "log.showSignature=false", "gpg.program=false", "gpg.ssh.program=false",
            "gpg.x509.program=false", "i18n.logOutputEncoding=UTF-8", "mailmap.file=", "color.ui=false",
            "trailer.separators=:", "protocol.allow=never", "core.useReplaceRefs=false",
        ]
        let environment = [
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1", "GIT_PAGER": "cat",
            "GIT_CEILING_DIRECTORIES": folder.deletingLastPathComponent().path, "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": "/dev/null", "HOME": "/nonexistent",
        ]
        return try Program(
            "git", ["-C", folder.path] + settings.flatMap { ["-c", $0] } + arguments, environment: environment,
            seconds: seconds, input: input, file: output)
    }

    private static func name(origin: String, folder: URL) -> String {
        let parent = folder.deletingLastPathComponent()
        let candidates = [
            origin.split { $0 == "/" || $0 == ":" || $0 == "\\" }.last.map(String.init) ?? "",
            (folder.lastPathComponent == ".git" ? parent : folder).lastPathComponent,
        ]
        for var name in candidates {
            if name.hasSuffix(".git") { name.removeLast(4) }
            name.unicodeScalars.removeAll { $0.properties.generalCategory == .control }
            if !name.isEmpty { return String(name.prefix(100)) }
        }
        return "repository"
    }
}
