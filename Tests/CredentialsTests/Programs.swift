import Foundation
import Testing

/// Runs a program and gives what it printed; a status other than 0 fails the test.
func run(_ arguments: [String], in directory: URL, input: [UInt8] = []) throws -> String {
    let (process, stdin, stdout) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, FileHandle.nullDevice)
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments) ended with \(process.terminationStatus)")
    return String(decoding: output, as: UTF8.self)
}

/// Gives `body` a directory of its own, and removes it.
func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = URL.temporaryDirectory.appending(path: "standing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: directory) } }
    return try body(directory)
}

/// OpenSSH's own test data, where the checkout has it beside it.
enum OpenSSHData {
    static let archive: URL? = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            folder = folder.deletingLastPathComponent()
            let archive = folder.appending(path: "shared/data/ssh/openssh-sshsig-testdata.tar.gz")
            if FileManager.default.fileExists(atPath: archive.path) { return archive }
        }
        return nil
    }()
}
