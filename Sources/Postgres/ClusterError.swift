/// Why there is no embedded cluster.
public enum ClusterError: Error, Equatable, CustomStringConvertible {
    /// PostgreSQL's programs are not on this machine; `version` is the one the data was made by, if there is data.
    case noPrograms(version: String?)
    /// PostgreSQL refuses to run as root, and there is no user `postgres` to run it as.
    case noUser
    /// Something in the way on disk.
    case directory(String, reason: String)
    /// One of PostgreSQL's programs failed; the end of what it said.
    case failed(program: String, output: String)
    /// The server runs but did not let us in.
    case refused(PostgresError)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .noPrograms(nil):
            """
            PostgreSQL is not installed: install the Debian package `postgresql`, or give the URL of a database
            """
        case .noPrograms(let version?):
            "the data was made by PostgreSQL \(version): install the Debian package `postgresql-\(version)`"
        case .noUser:
            "PostgreSQL does not run as root and there is no user `postgres`: install the Debian package `postgresql`"
        case .directory(let path, let reason): "\(path): \(reason)"
        case .failed(let program, let output): "\(program) failed: \(output)"
        case .refused(let error): "the embedded PostgreSQL refused us: \(error)"
        }
    }
}
