internal import CLinux
internal import CPostgres
internal import Foundation
internal import Glibc

/// The server over one directory: made, started, found and stopped. Only under the guard's lock.
///
/// PostgreSQL's programs work in the directory and name its files relative to it, so that no path of the user's ends
/// up in a shell command of theirs.
struct ClusterServer: Sendable {
    /// Without symbolic links; holds `data`, `log`, `standing.conf` and the socket if its path is short enough.
    let directory: String
    let user: ServerUser
    private let programs: String

    /// The longest path of a socket (`sun_path`, less its NUL).
    private static let longestSocketPath = 107

    init(directory: String, user: ServerUser) throws(ClusterError) {
        self.directory = directory
        self.user = user
        let version = FileManager.default.contents(atPath: "\(directory)/data/PG_VERSION")
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        self.programs = try findPrograms(version: version)
    }

    /// Makes the data if there is none. Cut short, it leaves nothing that is mistaken for data.
    func initializeOnce(log: (String) -> Void) throws(ClusterError) {
        guard fileKind("\(self.directory)/data") == nil else { return }
        let new = "\(self.directory)/data.new"
        do {
            if fileKind(new) != nil { try FileManager.default.removeItem(atPath: new) }
            try self.run(
                "initdb",
                [
                    "-D", "data.new", "-U", Cluster.owner, "--auth=trust", "--encoding=UTF8", "--locale=C",
                    "--data-checksums",
                ])
            let path = "\(new)/postgresql.conf"
            let settings = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try settings.seekToEnd()
            try settings.write(contentsOf: Data("\ninclude '../standing.conf'\n".utf8))
            try settings.synchronize()
            try FileManager.default.moveItem(atPath: new, toPath: "\(self.directory)/data")
        } catch let error as ClusterError {
            throw error
        } catch {
            throw .directory(new, reason: error.localizedDescription)
        }
        log("made an embedded PostgreSQL in \(self.directory)")
    }

    /// Starts the server unless it runs, and returns the directory of its socket: `known`, where it had one before.
    func run(known: String? = nil, log: (String) -> Void) throws(ClusterError) -> String {
        let last = self.lastSocketDirectory() ?? known
        if let last, answers(last) { return last }
        if try !self.removeStaleLocks(socket: last), let last { return last }
        let socket = try self.socketDirectory(last: last)
        // Terse, because the details of an error are values of the row that was refused.
        let settings = """
            listen_addresses = ''
            port = 5432
            unix_socket_permissions = 0700
            log_error_verbosity = terse
            unix_socket_directories = \(quoted(socket))
            \(self.sizes)
            \(self.logWriting)
            \(self.warming)
            """
        let path = "\(self.directory)/standing.conf"
        do {
            try Data("\(settings)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .directory(path, reason: error.localizedDescription)
        }
        try self.user.own(path)
        // Recovery after a crash may take its time.
        try self.run("pg_ctl", ["start", "--wait", "--timeout=600", "--silent", "--log=log"])
        log("started the embedded PostgreSQL in \(self.directory)")
        return socket
    }

    /// The log goes to disk past the page cache, where the file system lets it.
    ///
    /// Nobody reads it again but a recovery, and pages for it took a tenth of what both cores did in a large import.
    /// PostgreSQL does so only where no replica and no archive asks for the log; who wants one has a server of their own
    /// (`STANDING_DATABASE`).
    private var logWriting: String {
        let file = unsafe open_past_the_cache("\(self.directory)/data/PG_VERSION")
        guard file >= 0 else { return "" }
        close(file)
        return """
            wal_level = minimal
            max_wal_senders = 0
            wal_sync_method = open_datasync
            """
    }

    /// What was in memory when the server stopped, and every five minutes before, is read in again when it starts.
    ///
    /// A fact of a large ledger touches pages at random in every index that takes hashes. With ten million entries and
    /// nothing in memory nearly each is the first touch, and a fact took PostgreSQL half as long again. Where the library
    /// is not installed with the server, pages come in as they are asked for.
    private var warming: String { self.hasPrewarming ? "shared_preload_libraries = 'pg_prewarm'" : "" }

    /// Whether `pg_prewarm` is where Debian has it. A server that is told to load what it does not find will not start, so no
    /// other place is guessed at.
    var hasPrewarming: Bool { FileManager.default.fileExists(atPath: "\(self.programs)/../lib/pg_prewarm.so") }

    /// Stops the server: statements under way are broken off, what was committed is kept.
    func stop() throws(ClusterError) {
        let socket = self.lastSocketDirectory()
        try self.run("pg_ctl", ["stop", "--wait", "--timeout=600", "--silent", "--mode=fast"])
        if let socket, socket != self.directory, isTemporary(socket) { unsafe rmdir(socket) }
    }

    private func run(_ program: String, _ arguments: [String]) throws(ClusterError) {
        let (succeeded, output) = try self.user.run("\(self.programs)/\(program)", arguments, in: self.directory)
        guard succeeded else {
            throw .failed(program: program, output: "\(output)\n(the server's log: \(self.directory)/log)")
        }
    }

    /// Where the server had its socket when it last started: line 5 of `postmaster.pid`, there while it runs or after
    /// it crashed.
    private func lastSocketDirectory() -> String? {
        guard let contents = FileManager.default.contents(atPath: "\(self.directory)/data/postmaster.pid") else {
            return nil
        }
        let lines = String(decoding: contents, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map(String.init).dropFirst(4).first.flatMap { self.isOurs($0) ? $0 : nil }
    }

    private func isOurs(_ socket: String) -> Bool { socket == self.directory || isTemporary(socket) }

    /// Beside the data if the path is short enough, else a directory in `/tmp`: the last one, if it is still ours.
    private func socketDirectory(last: String?) throws(ClusterError) -> String {
        if self.directory.utf8.count + "/.s.PGSQL.5432.lock".utf8.count <= Self.longestSocketPath {
            return self.directory
        }
        if let last, isTemporary(last), fileKind(last) == S_IFDIR, self.user.owns(last) { return last }
        let path = "\(temporaryPrefix)\(UUID().uuidString.lowercased())"
        try self.user.makeDirectory(path)
        return path
    }
}

private let temporaryPrefix = "/tmp/standing-socket-"

private func isTemporary(_ path: String) -> Bool { path.hasPrefix(temporaryPrefix) }

/// A path as the one element of a list in `postgresql.conf`: in double quotes for the list, in single ones around.
private func quoted(_ path: String) -> String {
    let element = path.replacing("\"", with: "\"\"").replacing("\\", with: "\\\\").replacing("'", with: "''")
    return "'\"\(element)\"'"
}

/// Whether a server lets us in at the socket in `directory`; waits for one that is starting.
func answers(_ directory: String) -> Bool {
    for _ in 0..<600 {
        switch unsafe standing_ping(directory) {
        case PQPING_OK: return true
        case PQPING_REJECT: usleep(100_000)
        default: return false
        }
    }
    return false
}

/// The directory of the server's programs: those of `version`, or the newest there are.
private func findPrograms(version: String?) throws(ClusterError) -> String {
    let root = "/usr/lib/postgresql"
    let names: [String]
    do {
        names = try FileManager.default.contentsOfDirectory(atPath: root)
    } catch {
        names = []
    }
    let versions = names.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.filter { version == nil || $0 == version }
    let search = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates = versions.map { "\(root)/\($0)/bin" } + (version == nil || names.isEmpty ? search : [])
    let found = candidates.first { directory in
        ["initdb", "pg_ctl", "postgres"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "\(directory)/\($0)")
        }
    }
    guard let found else { throw .noPrograms(version: version) }
    return found
}
