internal import Crypto
internal import Foundation
public import Transparency

/// Why the high-water file does not let the ledger go on.
public enum HighWaterError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read or written.
    case unusable(path: String, reason: String)
    /// It holds something else than heads.
    case damaged(path: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let reason): "the high-water file \(path) cannot be used: \(reason)"
        case .damaged(let path):
            "the high-water file \(path) cannot be read as one: restore it from a backup of the state directory, or write it "
                + "again with standingd recover"
        }
    }
}

/// The largest head that may have been seen outside, kept in a file that no restore of the database takes back.
///
/// Two lines of one length are overwritten in turn, each with a check of its own, so a write that is cut off spoils at
/// most the older head. A head is in here, on disk, before its checkpoint is shown.
public struct HighWater: Sendable {
    /// Where it is.
    public let path: String
    private static let lineLength = 20 + 1 + 44 + 1 + 11 + 1

    /// The file at `path`, which need not be there yet.
    public init(path: String) { self.path = path }

    /// The largest head ever raised to, nil before the first.
    ///
    /// - Throws: `HighWaterError`.
    public func last() throws(HighWaterError) -> TreeHead? {
        try self.slots().compactMap(\.self).max { $0.size < $1.size }
    }

    /// Keeps `head` on disk; one that is not larger than the last changes nothing.
    ///
    /// For one writer at a time: the caller holds the lock that publications take.
    /// - Throws: `HighWaterError`.
    public func raise(to head: TreeHead) throws(HighWaterError) {
        let slots = try self.slots()
        let last = slots.compactMap(\.self).max { $0.size < $1.size }
        if let last, last.size >= head.size { return }
        let older = slots.firstIndex { $0 == nil } ?? slots.firstIndex { $0 != last } ?? 0
        do {
            let url = URL(fileURLWithPath: self.path)
            if slots.isEmpty { try self.create(Self.line(head)) }
            let file = try FileHandle(forUpdating: url)
            try file.seek(toOffset: UInt64(older * Self.lineLength))
            try file.write(contentsOf: Data(Self.line(head).utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    /// The first file, and its name in the directory, on disk.
    private func create(_ line: String) throws {
        guard
            FileManager.default.createFile(
                atPath: self.path, contents: Data((line + line).utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        let directory = try FileHandle(forReadingFrom: URL(fileURLWithPath: self.path).deletingLastPathComponent())
        try directory.synchronize()
        try directory.close()
    }

    /// The head in each line, nil for one whose writing was cut off; empty before there is a file.
    private func slots() throws(HighWaterError) -> [TreeHead?] {
        guard FileManager.default.fileExists(atPath: self.path) else { return [] }
        let text: String
        do {
            text = try String(contentsOfFile: self.path, encoding: .utf8)
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
        let heads = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: true).map { Self.head(Substring($0)) }
        guard heads.count <= 2, heads.contains(where: { $0 != nil }) else { throw .damaged(path: self.path) }
        return heads
    }

    /// `size root check`, each of a fixed length.
    private static func line(_ head: TreeHead) -> String {
        let size = String(head.size)
        let text = String(repeating: "0", count: 20 - size.count) + size + " " + head.root.base64
        return "\(text) \(self.check(text))\n"
    }

    private static func head(_ line: Substring) -> TreeHead? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard line.utf8.count == self.lineLength - 1, parts.count == 3, let size = Int64(parts[0]), size >= 0,
            let root = Digest(base64: parts[1]), parts[2] == self.check("\(parts[0]) \(parts[1])")
        else { return nil }
        return TreeHead(size: size, root: root)
    }

    private static func check(_ text: String) -> String {
        Base64URL.encode(Array(SHA256.hash(text.utf8).bytes.prefix(8)))
    }
}
