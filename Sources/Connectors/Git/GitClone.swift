import Decoding
import Foundation
public import Reputation

/// The commits of a git clone that `HEAD` reaches, parents before children.
///
/// Trailers are as git itself reads them. A trailer is the word of whoever wrote the commit, and an address counts for
/// a developer only once proved. SSH signatures are checked over the commit's own bytes. Sizes of changes are not measured: that would need every file of every commit.
public final class GitClone: Source {
    /// `git`.
    public static let adapter = "git"

    /// `git`.
    public var adapter: String { GitClone.adapter }
    /// The project's name.
    public var locator: String { self.project.name }
    /// Commits.
    public private(set) var progress: ImportProgress
    /// The last commit read; the importer hands it in later to read only what is new.
    public private(set) var cursor: String
    /// The times the commits were committed at.
    public private(set) var coverage = Coverage()
    /// The repository: its id is the first commit of `HEAD`'s first-parent line.
    public let project: Project
    /// How many trailers of each role the commits read so far have, those without an address included. By the
    /// canonical key, `Reviewed-by`.
    public var trailers: [String: Int]? { self.counts }

    private let repository: LocalRepository
    private var counts: [String: Int] = [:]
    private let log: Program
    private let fields: LineReader
    private let objects: CommitObjects
    private let observedAt: Instant

    /// Opens the clone, bare or not, at `path`.
    ///
    /// - Parameters:
    ///   - observedAt: when the clone was read.
    ///   - cursor: the commit to resume after; nil or empty for all.
    ///   - seconds: how long reading may take, the importer's own work between two commits included.
    /// - Throws: `ProgramError`: no git, no repository, no commits, a shallow clone, a cursor from elsewhere.
    public init(
        path: String, observedAt: Instant, resumingAfter cursor: String? = nil, seconds: Int = 6 * 3_600
    ) throws {
        let repository = try LocalRepository(path: path)
        var range = [repository.head]
        if let cursor, !cursor.isEmpty {
            guard try repository.has(commit: cursor) else {
                throw ProgramError(
                    kind: .foreignCursor, program: "git", detail: "the commit to resume after is not in the repository")
            }
            range.append("^\(cursor)")
        }
        let total = Int64(try repository.ask(["rev-list", "--count"] + range)) ?? 0
        self.progress = ImportProgress(done: 0, total: total, unit: .commits)
        self.cursor = cursor ?? ""
        self.project = Project(platform: .git, id: repository.root, name: repository.name)
        self.observedAt = observedAt
        self.repository = repository
        self.objects = try CommitObjects(of: repository, range: range, seconds: seconds)
        self.log = try repository.git(
            ["log", "-z", "--topo-order", "--reverse", "--no-patch", "--format=\(Commit.format)"] + range + ["--"],
            seconds: seconds)
        self.fields = LineReader(ByteStream(pipe: self.log.output, name: "git"), delimiter: 0)
    }

    /// Whether `HEAD` reaches the commit `tip`.
    public func continues(_ tip: String) throws -> Bool { try self.repository.reaches(tip) }

    /// The next commit.
    ///
    /// - Throws: `ProgramError` or `ReadError` when git does not come to its end; the commits before have come by then.
    public func next() throws -> Record? {
        do {
            guard let commit = try Commit.next(from: self.fields) else {
                try self.log.finish()
                self.coverage.complete = true
                return nil
            }
            return try self.record(commit)
        } catch {
            self.coverage.reason = "git did not read all commits"
            throw error
        }
    }

    private func record(_ commit: Commit) throws -> Record {
        let object = try self.objects.next(commit.id)
        for trailer in commit.trailers {
            guard let role = Commit.roles[trailer.key.lowercased()] else { continue }
            self.counts[role.rawValue, default: 0] += 1
        }
        self.progress.done += 1
        self.cursor = commit.id
        self.coverage.count(Int64(commit.time).map(Instant.init(seconds:)))
        let position = "commit \(commit.id)"
        do {
            var commit = commit
            commit.signature = object.flatMap(Evidence.Signature.init(ofCommit:))
            let mapped = try commit.mapped(project: self.project, observedAt: self.observedAt)
            return Record(position: position, outcome: .mapped(mapped))
        } catch {
            return Record(
                position: position, outcome: .quarantined(Quarantined(reason: error.reason, digest: commit.id)))
        }
    }
}
