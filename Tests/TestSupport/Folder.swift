internal import Foundation

/// A folder of its own for one test, removed with the value that owns it.
public final class Folder {
    /// Where it is.
    public let path = FileManager.default.temporaryDirectory.appendingPathComponent(
        "standing-test-\(UUID().uuidString)"
    ).path

    /// A new, empty folder.
    public init() throws {
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit {
        // A leftover in the temporary folder fails no test.
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// Writes `bytes` as the file `name` and returns its path.
    public func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}

/// Why a shell command failed.
public struct ShellFailed: Error {
    /// What was run.
    public let command: String
    /// What it ended with.
    public let status: Int32
}

/// What `sh -c command` prints, run in `folder`.
@discardableResult
public func shell(_ command: String, in folder: String = "/", _ environment: [String: String] = [:]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ShellFailed(command: command, status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
}
