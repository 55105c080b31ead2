import Decoding
import Foundation
import Reputation

/// One index on disk, as apt keeps it.
struct IndexFile {
    let path: String
    /// Without its folder; it names the archive and the suite.
    let name: String
    /// When the suite was published, where its release file lies beside.
    let published: Instant?

    init(path: String) throws(ReadError) {
        let url = URL(fileURLWithPath: path)
        self.path = url.path
        self.name = url.lastPathComponent
        self.published = try IndexFile.published(beside: url)
    }

    /// Reads the file: plain or gzip ourselves, what else apt may have chosen through apt.
    func open() throws -> (ByteStream, Program?) {
        let compressed = [".lz4", ".xz", ".bz2", ".zst", ".lzma"]
        guard compressed.contains(where: self.name.hasSuffix) else { return (try ByteStream(path: self.path), nil) }
        guard FileManager.default.isReadableFile(atPath: self.path) else {
            throw ReadError(kind: .unreadable, file: self.name, offset: 0, detail: "cannot be opened")
        }
        let program = try Program("/usr/lib/apt/apt-helper", ["cat-file", self.path], seconds: 3_600)
        return (ByteStream(pipe: program.output, name: self.name), program)
    }

    /// The `Date` of `InRelease` or `Release`, by the name apt gives both: the part before the component.
    private static func published(beside index: URL) throws(ReadError) -> Instant? {
        let name = index.lastPathComponent
        guard let dists = name.range(of: "_dists_") else { return nil }
        let folder = index.deletingLastPathComponent()
        for position in name.indices where position >= dists.upperBound && name[position] == "_" {
            for release in ["InRelease", "Release"] {
                let path = folder.appendingPathComponent("\(name[..<position])_\(release)").path
                if FileManager.default.fileExists(atPath: path) { return try IndexFile.date(ofRelease: path) }
            }
        }
        return nil
    }

    private static func date(ofRelease path: String) throws(ReadError) -> Instant? {
        let lines = LineReader(try ByteStream(path: path))
        while let line = try lines.next() {
            let text = String(decoding: line.bytes.prefix(100), as: UTF8.self)
            if text.hasPrefix("Date:") { return Instant(releaseDate: text.dropFirst(5).trimmingSpaces()) }
        }
        return nil
    }
}

extension Instant {
    /// Reads the date of a release file, `Sat, 11 Jan 2025 10:11:12 UTC`; nil for anything else.
    init?(releaseDate text: String) {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, let month = months.firstIndex(of: String(parts[2])),
            ["UTC", "GMT", "+0000"].contains(parts[5])
        else { return nil }
        let (day, clock) = (parts[1].count == 1 ? "0" : "", parts[4].count == 7 ? "0" : "")
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(parts[3])-\(number)-\(day)\(parts[1])T\(clock)\(parts[4])Z")
    }
}
