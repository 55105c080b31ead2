import CanonicalJSON
import Foundation
import Testing

/// The folder of recorded data above the checkout, where there is one.
enum RecordedData {
    /// Its path; nil when there is none, which is said.
    static let folder: String? = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let path = folder.appendingPathComponent("shared/data").path
            if FileManager.default.fileExists(atPath: path + "/MANIFEST.md") { return path }
        }
        print("SKIPPED: no recorded data above the checkout; recorded sessions are not replayed")
        return nil
    }()

    /// Unpacks `archive` of the folder into a new one, which `body` gets.
    static func unpacked(_ archive: String, _ body: (URL) async throws -> Void) async throws {
        let data = try #require(self.folder)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tar = try Process.run(
            URL(fileURLWithPath: "/usr/bin/tar"), arguments: ["xzf", "\(data)/\(archive)", "-C", folder.path])
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        try await body(folder)
        try FileManager.default.removeItem(at: folder)
    }

    /// The JSON in the file `name` of `folder`.
    static func json(_ name: String, in folder: URL) throws -> JSON {
        try JSON(parsing: Data(contentsOf: folder.appendingPathComponent(name)), fractions: .dropped)
    }
}
