internal import Arguments
internal import Foundation

/// A key that `ssh-keygen` signs with: a private key's file, or a public key's whose private part an agent holds.
struct SSHKeyFile: Equatable {
    let path: String

    /// The key at `path`, or the first of the usual ones.
    init(_ path: String?) throws(UsageError) {
        let usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map { NSHomeDirectory() + "/.ssh/" + $0 }
        let candidates = path.map { [$0] } ?? usual
        guard let found = candidates.first(where: FileManager.default.fileExists) else {
            throw UsageError(
                reason: path.map { "there is no key \($0)" }
                    ?? "there is no key in ~/.ssh: name one with --ssh-key FILE, or make one with ssh-keygen -t ed25519"
            )
        }
        self.path = found
    }

    /// Why nothing was signed.
    struct SigningFailed: Error, Equatable, CustomStringConvertible {
        let reason: String

        var description: String { "ssh-keygen did not sign: \(self.reason)" }
    }

    /// The armored SSH signature over `text` in `namespace`, made by `ssh-keygen -Y sign`; it asks for a passphrase on
    /// the terminal itself.
    func sign(_ text: String, namespace: String) throws -> String {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ssh-keygen", "-Y", "sign", "-f", self.path, "-n", namespace]
        process.standardInput = input
        process.standardOutput = output
        do {
            // Written before anybody reads: a challenge is smaller than a pipe holds, and a reader that ends early
            // cannot end this program with a broken pipe.
            try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try input.fileHandleForWriting.close()
            try process.run()
            let signature = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw SigningFailed(reason: "it ended with \(process.terminationStatus)")
            }
            return String(decoding: signature, as: UTF8.self)
        } catch let error as SigningFailed {
            throw error
        } catch {
            throw SigningFailed(reason: error.localizedDescription)
        }
    }
}
