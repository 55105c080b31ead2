import Foundation
import Postgres
import Service
import Store
import Transparency

/// A copy of a site's log as strangers keep it: `evidence/checkpoint` and `evidence/tile/…` in a folder.
struct LogCopy {
    let folder: String

    /// Copies what the database behind `connection` shows.
    init(of connection: Connection, to folder: String) async throws {
        self.folder = folder
        guard let shown = try await LedgerHead.read(connection.run(.publishedCheckpoint)) else { return }
        for level in 0...Tile.highestLevel {
            for number in 0...(shown.size >> 8) {
                guard let tile = Tile.at(.hashes(level: level), number: number, size: shown.size) else { break }
                let stored = try await StoredTile.read(connection.run(.tile(level: Int64(level), index: number)))
                try self.write(Array(stored[0].hashes.prefix(tile.width * 32)), to: tile.path)
            }
        }
        for number in 0...(shown.size >> 8) {
            guard let tile = Tile.at(.entries, number: number, size: shown.size) else { break }
            let entries = try await LedgerEntry.read(
                connection.run(.entries(from: number * 256, count: Int64(tile.width))))
            try self.write(EntryBundle.encode(entries.map { Array($0.text.utf8) }), to: tile.path)
        }
        try self.write(Array(shown.note.utf8), to: "checkpoint")
    }

    /// The files of the copy, as paths below `evidence/`.
    var files: [String] {
        let folder = self.folder + "/evidence"
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return paths.filter { path in !paths.contains { $0.hasPrefix(path + "/") } }.sorted()
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        let url = URL(fileURLWithPath: "\(self.folder)/evidence/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }
}
