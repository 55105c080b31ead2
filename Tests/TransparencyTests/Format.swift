import Crypto
import Transparency

/// What a reader makes of bytes it took.
struct Reading: Equatable {
    /// The value written again.
    let written: [UInt8]
    /// What whoever verifies it now believes; nil where it does not verify, or where nothing in the format could.
    let statement: String?
}

/// One of the formats strangers are given, with a good example and its reader.
struct Format: Sendable, CustomStringConvertible {
    let name: String
    let good: [UInt8]
    /// Whether something signed or hashed covers all of it that matters.
    let isAuthenticated: Bool
    /// Reads bytes: nil when they are refused.
    let read: @Sendable ([UInt8]) throws -> Reading

    var description: String { self.name }

    private init(
        _ name: String, _ good: some Sequence<UInt8>, isAuthenticated: Bool = true,
        read: @escaping @Sendable ([UInt8]) throws -> Reading
    ) {
        self.name = name
        self.good = Array(good)
        self.isAuthenticated = isAuthenticated
        self.read = read
    }

    /// What a reader says instead of a value.
    struct Refused: Error {}

    /// Every format the ledger has.
    static func all() throws -> [Format] {
        let (log, witness) = (try Known.log(), try Known.witness())
        return try [
            .key(Known.logKey), .key(Known.witnessKey), .note(log: log, witness: witness), .checkpoint(),
            .proof(extra: nil, log: log, witness: witness), .proof(extra: [1, 2, 3], log: log, witness: witness),
            .receipt(), .consistencyReceipt(), .entry(), .bundle(),
        ] + ["tile/1/x001/x234/067.p/112", "tile/entries/x001/000"].map(Format.tile)
    }

    private static func key(_ text: String) -> Format {
        Format("key", text.utf8) { bytes in
            let key = try self.text(bytes) { VerifierKey(parsing: $0) }
            return Reading(written: Array(key.text.utf8), statement: key.text)
        }
    }

    private static func note(log: VerifierKey, witness: VerifierKey) throws -> Format {
        Format("note", (Known.note + Known.witnessLine).utf8) { bytes in
            let note = try SignedNote(parsing: bytes)
            let verified = (try? note.verified(by: [log])) != nil && (try? note.verified(by: [witness])) != nil
            return Reading(written: Array(note.encoded.utf8), statement: verified ? note.text : nil)
        }
    }

    private static func checkpoint() throws -> Format {
        Format("checkpoint", Known.text.utf8, isAuthenticated: false) { bytes in
            let checkpoint = try self.text(bytes) { try Checkpoint(parsing: $0) }
            return Reading(written: Array(checkpoint.text.utf8), statement: nil)
        }
    }

    private static func proof(extra: [UInt8]?, log: VerifierKey, witness: VerifierKey) throws -> Format {
        let (proof, leaf) = try makeProof(extra: extra)
        return Format(extra == nil ? "proof" : "proof with extra bytes", proof.text.utf8) { bytes in
            let proof = try self.text(bytes) { try TlogProof(parsing: $0) }
            let checked = try? proof.verify(leaf: leaf, log: log, witnesses: [witness], quorum: 1)
            return Reading(
                written: Array(proof.text.utf8), statement: checked.map { "\(proof.index) in \($0.checkpoint.text)" })
        }
    }

    private static func receipt() throws -> Format {
        let (good, leaf) = try makeReceipt()
        let key = try ReceiptKey.known()
        return Format("receipt of inclusion", good) { bytes in
            let receipt = try Receipt(parsing: bytes)
            let root = try? receipt.verify(leaf: leaf, by: key)
            return Reading(written: receipt.encoded, statement: root?.hex)
        }
    }

    private static func consistencyReceipt() throws -> Format {
        let (good, older) = try makeConsistencyReceipt()
        let key = try ReceiptKey.known()
        return Format("receipt of consistency", good) { bytes in
            let receipt = try ConsistencyReceipt(parsing: bytes)
            let root = try? receipt.verify(older: older, by: key)
            return Reading(written: receipt.encoded, statement: root?.hex)
        }
    }

    private static func entry() -> Format {
        let entry = LedgerEntry(.evidence, Commitment(disclosure: "WyJzYWx0IiwxXQ"))
        return Format("entry", entry.text.utf8) { bytes in
            let read = try self.text(bytes) { LedgerEntry(parsing: $0) }
            let isTheOne = read.leafHash == entry.leafHash
            return Reading(written: Array(read.text.utf8), statement: isTheOne ? read.leafHash.hex : nil)
        }
    }

    private static func bundle() -> Format {
        let entries = (0..<3).map { Array(LedgerEntry(.evidence, Commitment(disclosure: "\($0)")).text.utf8) }
        return Format("bundle", EntryBundle.encode(entries), isAuthenticated: false) { bytes in
            Reading(written: EntryBundle.encode(try EntryBundle.decode(bytes)), statement: nil)
        }
    }

    private static func tile(_ path: String) -> Format {
        Format("tile path", path.utf8, isAuthenticated: false) { bytes in
            let tile = try self.text(bytes) { Tile(path: $0) }
            return Reading(written: Array(tile.path.utf8), statement: nil)
        }
    }

    /// Reads a text format; bytes that are not UTF-8 are no text.
    private static func text<Value>(_ bytes: [UInt8], _ read: (String) throws -> Value?) throws -> Value {
        guard let text = String(validating: bytes, as: UTF8.self), let value = try read(text) else { throw Refused() }
        return value
    }
}

extension Format {
    /// What is wrong with how this format takes `bytes`, which are not its good example; nil when all is well.
    ///
    /// Well is: refused; or the very bytes are written again, and whoever verifies is told nothing new by them.
    func fault(in bytes: [UInt8]) -> String? {
        guard bytes != self.good, let reading = try? self.read(bytes) else { return nil }
        if reading.written != bytes { return "\(Hex.encode(bytes)) is written \(Hex.encode(reading.written))" }
        guard self.isAuthenticated, let statement = reading.statement else { return nil }
        guard let known = try? self.read(self.good).statement, statement == known else {
            return "\(Hex.encode(bytes)) is believed to say \(statement)"
        }
        return nil
    }
}
