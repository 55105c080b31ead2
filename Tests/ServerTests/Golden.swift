import Foundation
import Testing

/// Expects `text` to be the file `name` in `Golden/`; with `UPDATE_GOLDEN=1` it becomes that file.
func expectGolden(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: file)
        return
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    // Lines apart, so that a failure names the first that differs and not two whole pages.
    let pairs = zip(parts(golden), parts(text)).first { $0 != $1 }
    #expect(pairs == nil, "\(name) differs", sourceLocation: sourceLocation)
    #expect(golden.utf8.count == text.utf8.count, "\(name) differs in length", sourceLocation: sourceLocation)
}

private func parts(_ markup: String) -> [Substring] { markup.split(separator: "<") }
