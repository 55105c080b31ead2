public import CanonicalJSON
internal import Foundation

/// Writes one JSON object a line to standard error. Never give it secrets, bodies or tokens.
public struct Log: Sendable {
    /// A log that writes to standard error.
    public init() {}

    /// Writes `message` with `members`, dated now.
    public func write(_ level: String, _ message: String, _ members: [String: JSON] = [:]) {
        var line = members
        line["time"] = .string(Date().ISO8601Format())
        line["level"] = .string(level)
        line["message"] = .string(message)
        FileHandle.standardError.write(Data((JSON.object(line).canonical + "\n").utf8))
    }
}
