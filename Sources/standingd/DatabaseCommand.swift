internal import Arguments
internal import Foundation

/// Runs a program of PostgreSQL's against the embedded database, which nothing else has to keep running: for dumps,
/// restores and repairs.
enum DatabaseCommand {
    static func run(_ words: [String], _ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        guard !words.isEmpty else {
            throw UsageError(reason: "database needs a program: psql, or -- pg_dump -Fc -f FILE")
        }
        let deployment = try await Deployment.open(arguments)
        do {
            let succeeded = try await self.run(words, environment: deployment.embeddedEnvironment())
            try deployment.release()
            return succeeded
        } catch {
            try deployment.release()
            throw error
        }
    }

    private static func run(_ words: [String], environment: [String: String]) async throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if status != 0 { complain("\(words[0]) ended with status \(status)") }
        return status == 0
    }
}
