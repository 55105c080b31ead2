internal import Crypto
internal import Foundation
public import Transparency

/// Why the high-water file does not let the ledger go on.
public enum HighWaterError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read or written.
    case unusable(path: String, reason: String)
    /// It holds no head that can be relied on.
    case damaged(path: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let reason): "the high-water file \(path) cannot be used: \(reason)"
        case .damaged(let path):
            "the high-water file \(path) cannot be read as one. Nothing is signed until it is back or written again: see "
                + "'The state directory was lost' in deploy/README.md"
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
        try self.slots()?.compactMap(\.self).max { $0.size < $1.size }
    }

    /// Keeps `head` on disk; one that is not larger than the last changes nothing.
    ///
    /// For one writer at a time: the caller holds the lock that publications take.
    /// - Throws: `HighWaterError`.
    public func raise(to head: TreeHead) throws(HighWaterError) {
        guard let slots = try self.slots() else { return try self.replace(with: head) }
        let last = slots.compactMap(\.self).max { $0.size < $1.size }
        if let last, last.size >= head.size { return }
        let older = slots.firstIndex { $0 != last } ?? 0
        do {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.path))
            try file.seek(toOffset: UInt64(older * Self.lineLength))
            try file.write(contentsOf: Data(Self.line(head).utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    /// Writes the file anew with `head` alone, whatever it held: for the first head, and for whoever knows better than
    /// a file that is lost.
    ///
    /// Cut off at any point it leaves the old file, the new one or none, never a part of one.
    /// - Throws: `HighWaterError`.
    public func replace(with head: TreeHead) throws(HighWaterError) {
        let line = Self.line(head)
        let draft = self.path + "." + Hex.encode(randomBytes(8))
        do {
            let made = FileManager.default.createFile(
                atPath: draft, contents: Data((line + line).utf8), attributes: [.posixPermissions: 0o600])
            guard made else { throw CocoaError(.fileWriteUnknown) }
            try self.synchronize(draft)
            if FileManager.default.fileExists(atPath: self.path) {
                try FileManager.default.removeItem(atPath: self.path)
            }
            try FileManager.default.moveItem(atPath: draft, toPath: self.path)
            try self.synchronize(URL(fileURLWithPath: self.path).deletingLastPathComponent().path)
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    private func synchronize(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.synchronize()
        try file.close()
    }

    /// The head in each of the two lines, nil for one whose writing was cut off; nil before there is a file.
    private func slots() throws(HighWaterError) -> [TreeHead?]? {
        guard FileManager.default.fileExists(atPath: self.path) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: self.path)))
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
        let lines = [bytes.prefix(Self.lineLength), bytes.dropFirst(Self.lineLength)]
        let heads = lines.map { Self.head(line: $0) }
        guard heads.contains(where: { $0 != nil }) else { throw .damaged(path: self.path) }
        return heads
    }

    /// `size root check`, each of a fixed length.
    private static func line(_ head: TreeHead) -> String {
        let size = String(head.size)
        let text = String(repeating: "0", count: 20 - size.count) + size + " " + head.root.base64
        return "\(text) \(self.check(text))\n"
    }

    private static func head(line: ArraySlice<UInt8>) -> TreeHead? {
        guard line.count == self.lineLength, let text = String(validating: line, as: UTF8.self) else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let size = Int64(parts[0]), size >= 0, let root = Digest(base64: parts[1]),
            parts[2] == self.check("\(parts[0]) \(parts[1])") + "\n"
        else { return nil }
        return TreeHead(size: size, root: root)
    }

    private static func check(_ text: String) -> String {
        Base64URL.encode(Array(SHA256.hash(text.utf8).bytes.prefix(8)))
    }
}
