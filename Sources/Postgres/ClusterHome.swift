internal import Foundation
internal import Glibc

/// The directory a cluster was asked for in: its lock files, and where its data is.
struct ClusterHome: Sendable {
    /// Absolute and free of symbolic links.
    let path: String

    /// Held while the server is started or stopped.
    var guardPath: String { "\(self.path)/starting.lock" }
    /// Shared by all who use the server.
    var usePath: String { "\(self.path)/used.lock" }

    /// Where the data of clusters goes that PostgreSQL's user could not reach otherwise.
    static let reachable = "/var/lib/standing"

    /// Makes `directory` if need be.
    static func make(in directory: String) throws(ClusterError) -> ClusterHome {
        do {
            // Entered, not listed, by others: the data within has its own, stricter mode.
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        } catch {
            throw .directory(directory, reason: "cannot be made: \(error.localizedDescription)")
        }
        return ClusterHome(path: try realPath(directory))
    }

    /// The directory that belongs to `user` and holds data, log and socket; made the first time.
    func clusterDirectory(
        for user: ServerUser, log: (String) -> Void
    ) throws(ClusterError) -> String {
        let path = "\(self.path)/cluster"
        switch fileKind(path) {
        case S_IFDIR:
            return try self.owned(path, by: user)
        case S_IFLNK:
            guard fileKind(path, following: true) == S_IFDIR else {
                throw .directory(path, reason: "is a symbolic link to what is not there; the data is gone or moved")
            }
            let target = try realPath(path)
            guard target.hasPrefix(Self.reachable + "/") else {
                throw .directory(path, reason: "is a symbolic link that was not made here, to \(target)")
            }
            return try self.owned(target, by: user)
        case nil:
            return try self.makeClusterDirectory(path, for: user, log: log)
        default:
            throw .directory(path, reason: "is not a directory")
        }
    }

    private func owned(_ path: String, by user: ServerUser) throws(ClusterError) -> String {
        guard user.owns(path) else {
            throw .directory(path, reason: "does not belong to the user \(user.name), whom PostgreSQL runs as")
        }
        return path
    }

    private func makeClusterDirectory(
        _ path: String, for user: ServerUser, log: (String) -> Void
    ) throws(ClusterError) -> String {
        if try user.canEnter(self.path) {
            try user.makeDirectory(path)
            return path
        }
        let target = "\(Self.reachable)/\(UUID().uuidString.lowercased())"
        do {
            try FileManager.default.createDirectory(
                atPath: Self.reachable, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            try user.makeDirectory(target)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        } catch let error as ClusterError {
            throw error
        } catch {
            throw .directory(target, reason: "cannot be made: \(error.localizedDescription)")
        }
        log("the user \(user.name) cannot reach \(self.path): the database is in \(target)")
        return target
    }
}

/// The kind of file at `path` (`S_IFDIR`, …); nil when there is none.
func fileKind(_ path: String, following: Bool = false) -> mode_t? {
    var status = stat()
    let code = unsafe following ? stat(path, &status) : lstat(path, &status)
    return code == 0 ? status.st_mode & S_IFMT : nil
}

/// `path` without symbolic links.
func realPath(_ path: String) throws(ClusterError) -> String {
    guard let resolved = unsafe realpath(path, nil) else { throw .directory(path, reason: systemError()) }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}
