import Foundation
import Service

/// The program `standingd` as it was built, run as an operator would.
enum StandingdProgram {
    /// What came of a run.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let messages: String
    }

    /// Runs a command on `site` and waits until it ends.
    static func run(_ arguments: [String], on site: Site) async throws -> Outcome {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        let (output, messages) = (Pipe(), Pipe())
        process.executableURL = folder.appendingPathComponent("standingd")
        process.arguments =
            [
                "--database", site.database, "--state", site.directory, "--public-url",
                site.authority.settings.publicURL,
            ] + arguments
        let kept = ["PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"]
        process.environment = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = messages
        // All it writes fits into the pipes, so it ends without anybody reading.
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(
            status: status,
            output: String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self),
            messages: String(decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self))
    }
}
