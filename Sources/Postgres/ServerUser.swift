internal import Glibc

/// Whom PostgreSQL runs as: ourselves, or the user `postgres` when we are root, whom it refuses.
struct ServerUser: Sendable {
    let name: String
    let id: uid_t
    let group: gid_t
    /// True when we are root and step down.
    let isOther: Bool

    static func current() throws(ClusterError) -> ServerUser {
        guard geteuid() == 0 else { return ServerUser(name: "ours", id: geteuid(), group: getegid(), isOther: false) }
        guard let entry = unsafe getpwnam("postgres") else { throw .noUser }
        return unsafe ServerUser(
            name: "postgres", id: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
    }

    /// Whether this user can use what is inside `directory`.
    func canEnter(_ directory: String) throws(ClusterError) -> Bool {
        guard self.isOther else { return true }
        return try self.run("/usr/bin/test", ["-x", directory], in: "/").succeeded
    }

    func owns(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_uid == self.id
    }

    /// Makes a directory that belongs to this user, closed to others.
    func makeDirectory(_ path: String) throws(ClusterError) {
        guard unsafe mkdir(path, 0o700) == 0 else { throw .directory(path, reason: systemError()) }
        try self.own(path)
    }

    /// Gives `path` to this user.
    func own(_ path: String) throws(ClusterError) {
        guard unsafe !self.isOther || lchown(path, self.id, self.group) == 0 else {
            throw .directory(path, reason: systemError())
        }
    }

    /// Runs a program as this user in `directory`, with PGDATA set to its `data`, until it ends.
    func run(
        _ program: String, _ arguments: [String], in directory: String
    ) throws(ClusterError) -> (succeeded: Bool, output: String) {
        let place = [
            "/usr/bin/env", "--chdir=\(directory)", "PATH=/usr/bin:/bin", "LC_ALL=C", "PGDATA=\(directory)/data",
        ]
        let step = ["/usr/bin/setpriv", "--reuid=\(self.id)", "--regid=\(self.group)", "--clear-groups", "--"]
        return try runProgram(place + (self.isOther ? step : []) + [program] + arguments)
    }
}
