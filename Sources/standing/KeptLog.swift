internal import Client
internal import Foundation
internal import Transparency

/// A copy of a log as static files that others can read: `checkpoint` and `tile/` below `evidence/`.
///
/// Tiles are written as they are verified, the checkpoint after all of them: whoever reads the folder at any moment
/// finds everything its checkpoint stands for.
struct KeptLog {
    private let directory: String
    private let folder: String

    /// The copy below `directory`.
    init(_ directory: String) {
        self.directory = directory
        self.folder = directory + "/evidence"
    }

    /// How far the copy goes, nil when it is not begun.
    ///
    /// - Throws: `Ending` when what is there is damaged or another log's.
    func position(key: VerifierKey) async throws(Ending) -> LogPosition? {
        guard FileManager.default.fileExists(atPath: self.folder + "/checkpoint") else { return nil }
        do {
            let reader = try LogReader(self.directory)
            let note = try await reader.note()
            let size = try Checkpoint(note, of: key).head.size
            return try LogPosition(key: key, note: note, tiles: await reader.read(Frontier.growingTiles(size: size)))
        } catch {
            throw .refused(
                "\(self.folder) holds another log, or a damaged copy: name an empty directory with --keep and the "
                    + "log is copied again")
        }
    }

    /// Keeps the bundle of `part` and the full tiles that came with it.
    func keep(_ part: LogPart) throws(Ending) {
        try self.write(part.bytes, to: part.bundle.path)
        for content in part.hashes { try self.write(content.bytes, to: content.tile.path) }
    }

    /// Keeps the growing tiles and the checkpoint of `position`, and drops the partial tiles that nobody needs who
    /// read the checkpoint of `older`, the copy's last.
    func keep(_ position: LogPosition, after older: TreeHead?) throws(Ending) {
        for content in position.frontier.growingTiles { try self.write(content.bytes, to: content.tile.path) }
        try self.write(Array(position.note.encoded.utf8), to: "checkpoint")
        if let older, older.size < position.head.size { try self.drop(older: older.size, now: position.head.size) }
    }

    /// Of tiles that grew at `older`: when full at `now` all partial ones, which readers cut from the full one; else
    /// those narrower than then.
    private func drop(older: Int64, now: Int64) throws(Ending) {
        let bundle = Tile.at(.entries, number: older >> 8, size: older).map { [$0] } ?? []
        for tile in Frontier.growingTiles(size: older) + bundle where !tile.isFull {
            let whole = Tile(tile.kind, number: tile.number)
            let folder = "\(self.folder)/\(whole.path).p"
            guard FileManager.default.fileExists(atPath: folder) else { continue }
            do {
                if Tile.at(tile.kind, number: tile.number, size: now)?.isFull == true {
                    try FileManager.default.removeItem(atPath: folder)
                    continue
                }
                for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                    guard let width = Int(name), width < tile.width else { continue }
                    try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                }
            } catch {
                throw .couldNotLook("\(folder) cannot be tidied: \(error.localizedDescription)")
            }
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Ending) {
        let url = URL(fileURLWithPath: "\(self.folder)/\(path)")
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try replaceFile(url.path, with: bytes)
        } catch {
            throw .couldNotLook("\(url.path) cannot be written: \(error.localizedDescription)")
        }
    }
}
