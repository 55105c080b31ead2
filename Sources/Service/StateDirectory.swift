public import Crypto
internal import Foundation
internal import Store

/// Why the state directory cannot be used.
public enum StateError: Error, Equatable, CustomStringConvertible {
    /// The path is there and is no directory, or cannot be made or read.
    case unusable(path: String, reason: String)
    /// A key can be read by others than its owner.
    case exposed(path: String, mode: String)
    /// A key file does not hold a key.
    case noKey(path: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let reason): "the state directory \(path) cannot be used: \(reason)"
        case .exposed(let path, let mode):
            "the key file \(path) has mode \(mode), so others can read it: make sure that nobody did, then chmod 600 \(path)"
        case .noKey(let path):
            "\(path) does not hold the key it should: restore it from a backup; a new key cannot continue the ledger"
        }
    }
}

/// The keys the service signs with, and the one that hides identities in the database.
public struct Keys: Sendable {
    /// Signs checkpoints of the ledger.
    public internal(set) var ledger: Ed25519PrivateKey
    /// Older keys of the ledger that sign along, the newest first, for those who know no newer one yet.
    public internal(set) var olderLedger: [Ed25519PrivateKey] = []
    /// Cosigns checkpoints of other people's logs, as their witness.
    public let witness: Ed25519PrivateKey
    /// Signs credentials and status lists (ES256).
    public internal(set) var credentials: P256PrivateKey
    /// Signs Open Badges (RS256).
    public internal(set) var badges: RSAPrivateKey
    /// Signs proofs inside documents (`eddsa-jcs-2022`).
    public internal(set) var proofs: Ed25519PrivateKey
    /// Keys the hashes of facts and of e-mail addresses.
    public let identity: HMACSHA256
}

/// Where a deployment keeps its keys and its embedded database.
public struct StateDirectory: Sendable {
    /// The path as it was given.
    public let path: String

    /// The directory at `path`, made with mode 0700 when it is not there.
    public init(_ path: String) throws(StateError) {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) { try Self.makeDirectory(path) }
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        // What cannot be looked at cannot be used, and is refused as what is no directory is.
        let type = try? FileManager.default.attributesOfItem(atPath: resolved.path)[.type] as? FileAttributeType
        guard type == .typeDirectory else { throw .unusable(path: path, reason: "it is not a directory") }
    }

    /// Where the embedded database lives.
    public var database: String { self.path + "/postgres" }

    /// The largest head that was shown, outside the database.
    public var highWater: HighWater { HighWater(path: self.path + "/high-water") }

    /// The erasures that were carried out or begun, outside the database; `keys` are this directory's.
    public func erasureJournal(_ keys: Keys) -> ErasureJournal {
        ErasureJournal(path: self.path + "/erasures.jsonl", keys: keys)
    }

    /// The changes of credentials' statuses, outside the database as well.
    public func statusJournal(_ keys: Keys) -> StatusJournal {
        StatusJournal(path: self.path + "/statuses.jsonl", keys: keys)
    }

    /// The keys, each made the first time it is asked for, readable by the owner alone.
    public func keys() throws(StateError) -> Keys {
        let directory = self.path + "/keys"
        if !FileManager.default.fileExists(atPath: directory) { try Self.makeDirectory(directory) }
        let ledgerKeys = try self.names(of: .ledger).map { name throws(StateError) in try self.ledgerKey(name) }
        let credentialsKey = try self.credentialsKey(self.names(of: .credentials)[0])
        let badgesKey = try self.badgesKey(self.names(of: .badges)[0])
        let proofsKey = try self.ledgerKey(self.names(of: .proofs)[0])
        let witnessKey = try self.ledgerKey("witness.ed25519")
        let identity = try self.secret("identity.hmac") { Base64.encode(randomBytes(32)) }
        guard let identityKey = Base64.decode(identity.text), identityKey.count >= 32 else {
            throw .noKey(path: identity.path)
        }
        return Keys(
            ledger: ledgerKeys[0], olderLedger: Array(ledgerKeys.dropFirst()), witness: witnessKey,
            credentials: credentialsKey, badges: badgesKey, proofs: proofsKey,
            identity: HMACSHA256(key: identityKey))
    }

    /// The text of the key file `name`, made by `make` when it is not there.
    ///
    /// Two first starts at once agree on one key: each writes a file of its own and links it to the name, which only
    /// one of them can do, and both read what is there then.
    func secret(_ name: String, _ make: () -> String) throws(StateError) -> (path: String, text: String) {
        let path = self.path + "/keys/" + name
        do {
            if !FileManager.default.fileExists(atPath: path) {
                let draft = path + "." + Hex.encode(randomBytes(8))
                let made = FileManager.default.createFile(
                    atPath: draft, contents: Data((make() + "\n").utf8), attributes: [.posixPermissions: 0o600])
                guard made else { throw StateError.unusable(path: self.path, reason: "cannot write \(draft)") }
                let handle = try FileHandle(forUpdating: URL(fileURLWithPath: draft))
                try handle.synchronize()
                try handle.close()
                do {
                    try FileManager.default.linkItem(atPath: draft, toPath: path)
                } catch {
                    guard FileManager.default.fileExists(atPath: path) else { throw error }
                }
                try FileManager.default.removeItem(atPath: draft)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
            guard mode & 0o077 == 0 else { throw StateError.exposed(path: path, mode: String(mode, radix: 8)) }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return (path, text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch let error as StateError {
            throw error
        } catch {
            throw StateError.unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    static func makeDirectory(_ path: String) throws(StateError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StateError.unusable(path: path, reason: error.localizedDescription)
        }
    }
}
