internal import Arguments
internal import CanonicalJSON
internal import Connectors
internal import Foundation
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// Brings evidence in.
enum ImportCommand {
    static func run(_ words: [String], _ arguments: Arguments) async throws -> Bool {
        let openings = try self.openings(words, arguments)
        if arguments.has("--dry-run") {
            return try await ImportRun.preview(openings, isJSON: arguments.has("--json"))
        }
        return try await Deployment.with(arguments) { deployment, connection in
            _ = try await deployment.erase(on: connection)
            let run = ImportRun(deployment: deployment, connection: connection, isJSON: arguments.has("--json"))
            return try await run.all(openings)
        }
    }

    static func openings(_ words: [String], _ arguments: Arguments) throws -> [Import.Opening] {
        guard let source = words.first else { throw UsageError(reason: "import what? gharchive, git or debian") }
        let operands = Array(words.dropFirst())
        if let openings = try ForgeImports.openings(source, operands, arguments) { return openings }
        try arguments.allow(source == "debian" ? ["--dry-run", "--packages", "--sources"] : ["--dry-run"])
        switch source {
        case "gharchive":
            guard !operands.isEmpty else { throw UsageError(reason: "import gharchive needs files or a folder") }
            return try self.archiveFiles(operands).map { file in
                { try GHArchive(path: file, observedAt: $0, resumingAfter: $1) }
            }
        case "git":
            guard operands.count == 1 else { throw UsageError(reason: "import git needs one path") }
            return [{ try GitClone(path: operands[0], observedAt: $0, resumingAfter: $1) }]
        case "debian":
            guard operands.isEmpty else { throw UsageError(reason: "import debian takes --packages and --sources") }
            let packages = try arguments.value("--packages")
            let sources = try arguments.value("--sources")
            guard (packages == nil) == (sources == nil) else {
                throw UsageError(reason: "--packages and --sources go together")
            }
            let given = [packages, sources].compactMap(\.self)
            let paths = given.isEmpty ? try DebianIndex.files() : given
            return [{ try DebianIndex(paths: paths, observedAt: $0, resumingAfter: $1) }]
        default:
            throw UsageError(
                reason:
                    "unknown source \(source): gharchive, git, debian or \(ForgeImports.names.joined(separator: ", "))")
        }
    }

    private static let endings = [".json.gz", ".ndjson.gz", ".json", ".ndjson"]

    /// The archive files `paths` name: files as they are, folders by what in them ends like an archive hour.
    private static func archiveFiles(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path -> [String] in
            guard FileManager.default.fileExists(atPath: path) else {
                throw UnreadableSource(path: path, reason: "there is no such file or folder")
            }
            guard URL(fileURLWithPath: path).resolvingSymlinksInPath().hasDirectoryPath else { return [path] }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { name in self.endings.contains { name.hasSuffix($0) } }.sorted()
            guard !names.isEmpty else {
                throw UnreadableSource(path: path, reason: "it holds no \(self.endings.joined(separator: ", ")) file")
            }
            return names.map { path + "/" + $0 }
        }
    }
}

/// A source that is not there.
struct UnreadableSource: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(self.path) cannot be imported: \(self.reason)" }
}
