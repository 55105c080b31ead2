internal import CanonicalJSON
internal import Crypto
internal import Foundation
public import Store

/// What was said of keys, kept beside them: a database that goes back in time does not know which keys sign now.
///
/// A line of JSON for each record, on disk before the record is. All of it is public.
public struct KeyStatements: Sendable {
    /// Where it is.
    public let path: String

    /// The file at `path`, which need not be there yet.
    public init(path: String) { self.path = path }

    /// What is kept; a last line whose writing was cut off is passed over, as its record was never made.
    ///
    /// - Throws: `StateError`.
    public func all() throws(StateError) -> [KeyRecord] {
        guard FileManager.default.fileExists(atPath: self.path) else { return [] }
        let text: String
        do { text = try String(contentsOfFile: self.path, encoding: .utf8) } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
        return text.utf8.split(separator: 0x0A).compactMap { line in
            // A line that was cut off is no JSON; the next one begins on a line of its own.
            guard let json = try? JSON(parsing: line), let index = json["index"]?.int,
                let salt = json["salt"]?.string.flatMap({ Base64URL.decode($0) }), salt.count >= 16,
                let statement = json["statement"]
            else { return nil }
            return KeyRecord(index: index, salt: salt, statement: statement)
        }
    }

    /// Keeps `records` on disk.
    ///
    /// - Throws: `StateError`.
    func append(_ records: [KeyRecord]) throws(StateError) {
        do {
            let lines = try records.map { record in
                let line: JSON = [
                    "index": .int(record.entryIndex), "salt": .string(Base64URL.encode(record.salt)),
                    "statement": try JSON(parsing: record.document.utf8),
                ]
                return "\n" + line.canonical + "\n"
            }
            if !FileManager.default.fileExists(atPath: self.path) {
                let made = FileManager.default.createFile(
                    atPath: self.path, contents: Data(), attributes: [.posixPermissions: 0o600])
                guard made else { throw CocoaError(.fileWriteUnknown) }
            }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.path))
            try file.seekToEnd()
            try file.write(contentsOf: Data(lines.joined().utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }
}
