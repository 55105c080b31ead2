internal import CanonicalJSON
internal import Crypto
internal import Foundation
internal import Transparency

/// An end of the program other than done or failed: the exit status and why.
struct Ending: Error, Equatable {
    let status: Int32
    let reason: String

    /// Somebody has to put something right first.
    static func refused(_ reason: String) -> Ending { Ending(status: 2, reason: reason) }

    /// Nothing is known: neither that all is well nor that it is not.
    static func couldNotLook(_ reason: String) -> Ending { Ending(status: 3, reason: reason) }
}

/// An entry that nobody has accounted for.
struct OpenEntry: Hashable {
    let index: Int64
    /// The kind of the entry, or `malformed`.
    let kind: String
    /// The commitment, of a malformed entry the leaf hash: 43 characters that an expectations file can hold.
    let id: String
}

/// What a monitor remembers of a log between two looks.
struct MonitorState {
    static let format = "standing-monitor/1"

    /// What was verified, to the last entry.
    var position: LogPosition
    /// Entries by kind; those of no known kind as `unknown` and `malformed`.
    var counts: [String: Int64]
    /// Whether every entry so far was compared with what is expected.
    var isCompared: Bool
    /// Unexpected entries that nobody has accounted for yet.
    var open: [OpenEntry]
    /// When the log was last looked at, in seconds since 1970.
    var lookedAt: Int64
}

extension MonitorState {
    /// The state as it is kept.
    var document: JSON {
        let tiles = self.position.frontier.growingTiles.map {
            ($0.tile.path, JSON.string(Base64.encode($0.bytes)))
        }
        let members: [String: JSON] = [
            "format": .string(Self.format), "vkey": .string(self.position.key.text),
            "checkpoint": .string(self.position.note.encoded),
            "tiles": .object(Dictionary(uniqueKeysWithValues: tiles)),
            "counts": .object(self.counts.mapValues(JSON.int)), "compared": .bool(self.isCompared),
            "open": .array(
                self.open.map { ["index": .int($0.index), "kind": .string($0.kind), "id": .string($0.id)] }),
            "looked_at": .int(self.lookedAt),
        ]
        return .object(members.merging(["digest": .string(Self.digest(members))]) { $1 })
    }

    /// What tells a file that was damaged: the hash of all the rest.
    private static func digest(_ members: [String: JSON]) -> String {
        SHA256.hash(JSON.object(members).canonical.utf8).base64URL
    }

    /// The state that `document` holds, nil unless every part of it belongs to the others: the key signs the
    /// checkpoint, the tiles lead to its root, and the counts add up to its size.
    init?(_ document: JSON) {
        var members = document.object ?? [:]
        guard let digest = members.removeValue(forKey: "digest")?.string, digest == Self.digest(members),
            document["format"]?.string == Self.format,
            let key = document["vkey"]?.string.flatMap({ VerifierKey(parsing: $0) }),
            // Whatever does not fit, the state cannot be gone on from.
            let text = document["checkpoint"]?.string, let note = try? SignedNote(parsing: text.utf8),
            let position = try? LogPosition(key: key, note: note, tiles: Self.tiles(document)),
            let counts = document["counts"]?.object?.compactMapValues(\.int), counts.values.allSatisfy({ $0 >= 0 }),
            counts.values.reduce(0, { $0 &+ $1 }) == position.head.size,
            let isCompared = document["compared"]?.bool, let lookedAt = document["looked_at"]?.int,
            let items = document["open"]?.array
        else { return nil }
        let open = items.compactMap { OpenEntry($0, size: position.head.size) }
        guard open.count == items.count else { return nil }
        self.init(position: position, counts: counts, isCompared: isCompared, open: open, lookedAt: lookedAt)
    }

    private static func tiles(_ document: JSON) -> [Tile: [UInt8]] {
        let tiles = (document["tiles"]?.object ?? [:]).compactMap { path, value -> (Tile, [UInt8])? in
            guard let tile = Tile(path: path), let bytes = value.string.flatMap({ Base64.decode($0) }) else {
                return nil
            }
            return (tile, bytes)
        }
        return Dictionary(uniqueKeysWithValues: tiles)
    }
}

extension OpenEntry {
    fileprivate init?(_ document: JSON, size: Int64) {
        guard let index = document["index"]?.int, (0..<size).contains(index), let kind = document["kind"]?.string,
            let id = document["id"]?.string, Commitment(text: id) != nil
        else { return nil }
        self.init(index: index, kind: kind, id: id)
    }
}

/// The file a monitor remembers in.
struct MonitorFile {
    private static let limit = 1_048_576

    let path: String

    /// What is remembered, nil before the first look.
    ///
    /// - Throws: `Ending` for a file that cannot be relied on: what was seen before is what all is compared with.
    func read() throws(Ending) -> MonitorState? {
        guard FileManager.default.fileExists(atPath: self.path) else { return nil }
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: self.path))
            bytes = try file.read(upToCount: Self.limit + 1) ?? Data()
        } catch {
            throw .refused("the state file \(self.path) cannot be read: \(error.localizedDescription)")
        }
        // Whatever is wrong with the text, it is not what this program wrote.
        guard bytes.count <= Self.limit, let document = try? JSON(parsing: bytes), let state = MonitorState(document)
        else {
            throw .refused(
                "the state file \(self.path) is not what this program wrote, or was changed since: put a copy of it "
                    + "back; without one, keep it aside, name another --state, and pin the log's key with --key")
        }
        return state
    }

    /// Remembers `state`, whole or not at all.
    func write(_ state: MonitorState) throws(Ending) {
        do { try replaceFile(self.path, with: Array((state.document.canonical + "\n").utf8)) } catch {
            throw .couldNotLook("the state file \(self.path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Writes what a log signed beside the state file, and gives the file's path. The same note has the same path.
    func keepEvidence(_ note: SignedNote) throws(Ending) -> String {
        // Evidence that cannot be read is kept all the same, under another name.
        let head = (try? Checkpoint(parsing: note.text))?.head
        let name = head.map { "\($0.size)-\($0.root.hex.prefix(16))" } ?? "unread"
        let path = "\(self.path).evidence-\(name).note"
        do { try replaceFile(path, with: Array(note.encoded.utf8)) } catch {
            throw .couldNotLook("the evidence \(path) cannot be written: \(error.localizedDescription)")
        }
        return path
    }
}

/// Puts `bytes` in the place of the file at `path`: written beside it, synchronized, renamed; then the rename is.
func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: path)
    try Data(bytes).write(to: url, options: .atomic)
    let folder = try FileHandle(forReadingFrom: url.deletingLastPathComponent())
    try folder.synchronize()
}
