internal import Crypto
internal import Foundation
internal import Store

/// The files of keys: the first of a use has its plain name, each newer one a number, and the largest number is the
/// newest. One that is being made ends in `.new` until the ledger says that it signs; one that has ended is in `retired/`.
extension StateDirectory {
    /// What was said of the keys, beside them.
    public var statements: KeyStatements { KeyStatements(path: self.path + "/keys/statements.jsonl") }

    /// The files of `use`, the newest first; the first is to be made where there is none.
    func names(of use: KeyRecord.Use) throws(StateError) -> [String] {
        let numbers = try self.numbers(of: use)
        return (numbers.isEmpty ? [1] : numbers).map { self.name(of: use, number: $0) }
    }

    /// Makes the key that is to come, or finds the one whose making was cut short, and returns its file's name.
    func nextName(of use: KeyRecord.Use) throws(StateError) -> String {
        self.name(of: use, number: (try self.numbers(of: use).first ?? 1) + 1)
    }

    private func numbers(of use: KeyRecord.Use) throws(StateError) -> [Int] {
        let files: [String]
        do { files = try FileManager.default.contentsOfDirectory(atPath: self.path + "/keys") } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
        let (stem, ending) = use.fileName
        return files.compactMap { file -> Int? in
            guard file.hasPrefix(stem), file.hasSuffix(ending) else { return nil }
            let middle = file.dropFirst(stem.count).dropLast(ending.count)
            if middle.isEmpty { return 1 }
            guard middle.first == "-", let number = Int(middle.dropFirst()), number > 1 else { return nil }
            return file == self.name(of: use, number: number) ? number : nil
        }.sorted(by: >)
    }

    private func name(of use: KeyRecord.Use, number: Int) -> String {
        let (stem, ending) = use.fileName
        return stem + (number == 1 ? "" : "-\(number)") + ending
    }

    /// The ledger's key, or that of proofs, in the file `name`, made when it is not there.
    func ledgerKey(_ name: String) throws(StateError) -> Ed25519PrivateKey {
        let file = try self.secret(name) { Base64.encode(Ed25519PrivateKey.generate().seed) }
        // What exactly is wrong with a secret is not told: the error names the file.
        guard let seed = Base64.decode(file.text), let key = try? Ed25519PrivateKey(seed: seed) else {
            throw .noKey(path: file.path)
        }
        return key
    }

    /// The credentials' key in the file `name`, made when it is not there.
    func credentialsKey(_ name: String) throws(StateError) -> P256PrivateKey {
        let file = try self.secret(name) { P256PrivateKey.generate().pem }
        // What exactly is wrong with a secret is not told: the error names the file.
        guard let key = try? P256PrivateKey(pem: file.text + "\n") else { throw .noKey(path: file.path) }
        return key
    }

    /// The badges' key in the file `name`, made when it is not there.
    func badgesKey(_ name: String) throws(StateError) -> RSAPrivateKey {
        let file = try self.secret(name) { RSAPrivateKey.generate().pem }
        // What exactly is wrong with a secret is not told: the error names the file.
        guard let key = try? RSAPrivateKey(pem: file.text + "\n") else { throw .noKey(path: file.path) }
        return key
    }

    /// Gives the file `name` of a key that was being made its name for good.
    func promote(_ name: String) throws(StateError) { try self.move(name + ".new", to: name) }

    /// Puts the file `name` of a key that has ended away.
    func retire(_ name: String) throws(StateError) {
        if !FileManager.default.fileExists(atPath: self.path + "/keys/retired") {
            try Self.makeDirectory(self.path + "/keys/retired")
        }
        try self.move(name, to: "retired/" + name)
    }

    private func move(_ name: String, to other: String) throws(StateError) {
        do {
            try FileManager.default.moveItem(atPath: "\(self.path)/keys/\(name)", toPath: "\(self.path)/keys/\(other)")
            let folder = try FileHandle(forReadingFrom: URL(fileURLWithPath: self.path + "/keys"))
            try folder.synchronize()
            try folder.close()
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    /// Whether there is a file called `name` among the keys.
    func hasKey(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(self.path)/keys/\(name)") }
}

extension KeyRecord.Use {
    /// How the files of its keys are called, before and after the number.
    fileprivate var fileName: (stem: String, ending: String) {
        switch self {
        case .ledger: ("ledger", ".ed25519")
        case .credentials: ("credentials", ".p256.pem")
        case .badges: ("badges", ".rsa.pem")
        case .proofs: ("proofs", ".ed25519")
        }
    }
}
