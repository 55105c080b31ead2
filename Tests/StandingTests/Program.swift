import Foundation

/// The program `standing` as it was built, run as a person would.
enum Program {
    /// What came of a run.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let messages: String
    }

    static func run(_ arguments: String...) async throws -> Outcome { try await self.run(arguments) }

    /// Runs the program with nothing of this process's environment but what finds libraries and programs.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []
    ) async throws -> Outcome {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        let (standardInput, messages) = (Pipe(), Pipe())
        let written = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID().uuidString)")
        try Data().write(to: written)
        let output = try FileHandle(forUpdating: written)
        try FileManager.default.removeItem(at: written)
        process.executableURL = folder.appendingPathComponent("standing")
        process.arguments = arguments
        let kept = ["PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"]
        process.environment = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
            .merging(environment) { $1 }
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = messages
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        // Output goes to a file and messages fit into the pipe, so it ends without anybody reading.
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try output.seek(toOffset: 0)
        return Outcome(
            status: status, output: String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self),
            messages: String(decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self))
    }
}

/// A folder that is gone afterwards.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("standing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        let value = try await body(folder)
        try FileManager.default.removeItem(at: folder)
        return value
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
}
