internal import Arguments
internal import Foundation

/// A file of secrets that cannot be used: which, and why; never what is in it.
struct UnusableSecret: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "the secret file \(self.path) cannot be used: \(self.reason)" }
}

/// Secrets in a file of the operator's, a line each.
enum SecretFile {
    /// The lines of the file that `option` names, or the variable that goes with it; none when neither does.
    static func lines(_ option: String, _ arguments: Arguments) throws -> [String] {
        let variable = "STANDING_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
        guard let path = try arguments.value(option) ?? ProcessInfo.processInfo.environment[variable], !path.isEmpty
        else { return [] }
        return try self.lines(path)
    }

    /// The lines of the file at `path` that are not empty; there has to be one, and nobody else may read it.
    static func lines(_ path: String) throws -> [String] {
        let text: String
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
            guard mode & 0o077 == 0 else {
                throw UnusableSecret(
                    path: path, reason: "others can read it (mode \(String(mode, radix: 8))): chmod 600 it")
            }
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch let error as UnusableSecret {
            throw error
        } catch {
            throw UnusableSecret(path: path, reason: error.localizedDescription)
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        guard !lines.isEmpty else { throw UnusableSecret(path: path, reason: "it is empty") }
        return lines
    }
}
