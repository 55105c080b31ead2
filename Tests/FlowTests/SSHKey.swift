import Foundation

/// A key of a made-up person, made and used by the real `ssh-keygen`.
struct SSHKey {
    let directory: URL
    let publicLine: String

    init(in directory: URL, named name: String) throws {
        self.directory = directory.appendingPathComponent(name)
        try SSHKey.keygen(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.directory.path])
        self.publicLine = try String(contentsOf: self.directory.appendingPathExtension("pub"), encoding: .utf8)
    }

    /// The armored signature over `text` in `namespace`.
    func sign(_ text: String, namespace: String) throws -> String {
        let file = self.directory.appendingPathExtension("\(UUID().uuidString).txt")
        try text.write(to: file, atomically: true, encoding: .utf8)
        try SSHKey.keygen(["-q", "-Y", "sign", "-f", self.directory.path, "-n", namespace, file.path])
        return try String(contentsOf: file.appendingPathExtension("sig"), encoding: .utf8)
    }

    private static func keygen(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
