internal import Arguments
internal import CanonicalJSON
internal import Client
internal import Foundation

/// `standing export`: a developer takes their profile along, showing what they choose.
struct ExportCommand {
    let handle: String
    let order: JSON
    let isBundle: Bool
    /// The file to write, nil for standard output.
    let output: String?
    let isJSON: Bool
    let client: Client

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--facets", "--accounts", "--detail", "--days", "--format", "--output", "--session"])
        guard operands.count == 1 else { throw UsageError(reason: "export takes one HANDLE, your own") }
        guard let session = try arguments.value("--session") ?? environment("STANDING_SESSION") else {
            throw UsageError(reason: "export needs --session TOKEN or $STANDING_SESSION; claim --json prints one")
        }
        self.handle = operands[0]
        let format = try arguments.value("--format") ?? "bundle"
        self.isBundle = format == "bundle"
        let detail = try arguments.value("--detail") ?? "facts"
        guard ["none", "facts"].contains(detail) else { throw UsageError(reason: "--detail takes none or facts") }
        var order: [String: JSON] = [
            "format": .string(format), "evidence": detail == "facts" ? "all" : "none",
        ]
        for option in ["facets", "accounts"] {
            order[option] = try arguments.value("--\(option)").map { text in
                .array(text.split(separator: ",").map { .string(String($0)) })
            }
        }
        order["lifetime_days"] = try arguments.number("--days", in: 1...90).map(JSON.int)
        self.order = .object(order)
        let file = try arguments.value("--output") ?? (self.isBundle ? "\(operands[0]).standing.json" : "-")
        self.output = file == "-" ? nil : file
        self.isJSON = arguments.has("--json")
        guard !self.isJSON || self.output != nil else {
            throw UsageError(reason: "--json and --output - both want standard output")
        }
        self.client = try arguments.client(token: session)
    }

    func run() async throws -> Bool {
        let bytes = try await self.client.issue(self.order, for: self.handle)
        guard let output = self.output else {
            FileHandle.standardOutput.write(Data(bytes))
            return true
        }
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw UnusableFile(path: output, reason: error.localizedDescription)
        }
        let link = "\(self.client.server)/p/\(self.handle)"
        let document: JSON = [
            "file": .string(output), "bytes": .int(Int64(bytes.count)), "link": .string(link),
            "badge": .string("\(link)/badge.svg"),
        ]
        say(self.isJSON ? document.canonical + "\n" : self.screen(output, link: link))
        return true
    }

    private func screen(_ file: String, link: String) -> String {
        let lines = [
            "Written to \(file): give it to whomever you like; standing verify \(file) checks it.", "",
            "  link    \(link)", "  badge   \(link)/badge.svg", "", "For a README:",
            "  [![standing](\(link)/badge.svg)](\(link))",
        ]
        return lines.map(harmless).joined(separator: "\n") + "\n"
    }
}
