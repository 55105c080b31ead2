import Crypto
import Testing
import Transparency

/// Keys, note and lines as other implementations make them from the seed 00, 01 … 1f.
enum Known {
    static let logKey = "example.com/log+d455c521+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    static let witnessKey = "example.com/w+eac9d95a+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    static let text = "example.com/log\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"
    static let logLine =
        "— example.com/log 1FXFIXbjy2maCv/qB1W+r5xbB25L6Sx8lPHbMuT8gO3bHNoqfRUmmtQSHZ2gqFg+2tvpWg7vi9qhq6D5c5uiQfTaPAU=\n"
    static let witnessLine =
        "— example.com/w 6snZWgAAAABlU/EA/6OQ+Krb5ExJPrOT9xJNpl8eA3u8OwwuNfenQTH/9JrkFU0RKQdd0vINWNuosC5GsoXZyzrHPyFocDSgmZSsBQ==\n"
    static let note = text + "\n" + logLine

    static func log() throws -> VerifierKey { try #require(VerifierKey(parsing: self.logKey)) }
    static func witness() throws -> VerifierKey { try #require(VerifierKey(parsing: self.witnessKey)) }

    static func signer(_ name: String = "example.com/log", _ kind: VerifierKey.Kind = .log) throws -> NoteSigner {
        try #require(NoteSigner(name: name, kind: kind, key: try Ed25519PrivateKey(seed: UInt8(0)..<32)))
    }
}

@Test func `keys, signature and cosignature are the published ones`() throws {
    let (log, witness) = (try Known.signer(), try Known.signer("example.com/w", .witness))
    #expect(log.verifier.text == Known.logKey)
    #expect(witness.verifier.text == Known.witnessKey)
    #expect(log.signature(of: Known.text).line == Known.logLine)
    #expect(witness.cosignature(of: Known.text, at: 1_700_000_000).line == Known.witnessLine)
}

@Test func `a note reads back and says who signed it, and when`() throws {
    let note = try SignedNote(parsing: (Known.note + Known.witnessLine).utf8)
    #expect(note.text == Known.text)
    #expect(note.encoded == Known.note + Known.witnessLine)
    let (log, witness) = (try Known.log(), try Known.witness())
    let verified = try note.verified(by: [witness, log])
    #expect(verified.map(\.key) == [log, witness])
    #expect(verified.map(\.time) == [nil, 1_700_000_000])
    #expect(try note.verified(by: [log]).count == 1)
    let stranger = try #require(
        VerifierKey(name: "example.org", kind: .log, publicKey: Ed25519PrivateKey.generate().publicKey))
    #expect(throws: NoteError.unsigned) { try note.verified(by: [stranger]) }
    #expect(throws: NoteError.unsigned) { try note.verified(by: []) }
}

@Test func `a wrong line of a known key spoils the note, one of a stranger does not`() throws {
    let other = try #require(NoteSigner(name: "example.com/log", kind: .log, key: .generate()))
    var note = try SignedNote(parsing: Known.note.utf8)
    note.add(other.signature(of: "something else\n"))
    #expect(try note.verified(by: [Known.log()]).count == 1)
    #expect(throws: NoteError.wrongSignature("example.com/log")) {
        try note.verified(by: [Known.log(), other.verifier])
    }
    // A witness's line cannot stand for the log's, nor one time for another.
    let witness = try Known.signer("example.com/w", .witness)
    var cosigned = try SignedNote(text: Known.text)
    cosigned.add(witness.cosignature(of: Known.text, at: 5))
    #expect(throws: NoteError.unsigned) { try cosigned.verified(by: [Known.log()]) }
    let moved = Known.witnessLine.replacing("AABlU/EA", with: "AABlU/EB")
    let movedNote = try SignedNote(parsing: (Known.note + moved).utf8)
    #expect(throws: NoteError.wrongSignature("example.com/w")) { try movedNote.verified(by: [Known.witness()]) }
}

@Test func `a note is split at its last empty line`() throws {
    let text = "one\n\ntwo\n\nthree\n"
    var note = try SignedNote(text: text)
    note.add(try Known.signer().signature(of: text))
    #expect(try SignedNote(parsing: note.encoded.utf8) == note)
    #expect(try note.verified(by: [Known.log()]).count == 1)
}

@Test func `a line stands once, and lines of a witness are added all or none`() throws {
    var note = try SignedNote(parsing: Known.note.utf8)
    note.add(try Known.signer().signature(of: Known.text))
    #expect(note.signatures.count == 1)
    #expect(throws: NoteError.malformedSignature) { try note.addLines((Known.witnessLine + "— no\n").utf8) }
    #expect(throws: NoteError.malformedSignature) { try note.addLines([]) }
    #expect(note.signatures.count == 1)
    try note.addLines(Known.witnessLine.utf8)
    #expect(note.encoded == Known.note + Known.witnessLine)
}

@Test(arguments: [
    "\n\(Known.logLine)", "a\n\n", "a\n\n\n", "a\n\(Known.logLine)", "a\n\n\(Known.logLine)x",
    "a\n\n\(Known.logLine)\n",
    "a\r\n\n\(Known.logLine)", "a\t\n\n\(Known.logLine)", "a\0\n\n\(Known.logLine)", "a\n\n- log AAAAAAA=\n",
    "a\n\n— log\n", "a\n\n—  AAAAAAA=\n", "a\n\n— a+b AAAAAAA=\n", "a\n\n— a\u{A0}b AAAAAAA=\n", "a\n\n— log AAAA\n",
    "a\n\n— log AAAAAA==\n", "a\n\n— log AAAAAAB=\n", "a\n\n— log AAAAAAA\n", "a\n\n— log AAAAAAA= \n",
    "a\n\n— log  AAAAAAA=\n", "a\n\n— log AAAAAAA=\r\n", "", "a", "\n", "\n\n",
])
func `what is not a note is refused`(text: String) {
    #expect(throws: NoteError.self) { try SignedNote(parsing: text.utf8) }
}

@Test func `a note that is not UTF-8, or too large, is refused`() {
    #expect(throws: NoteError.malformedText) { try SignedNote(parsing: [0xFF, 0x0A, 0x0A] + Known.logLine.utf8) }
    let lines = String(repeating: Known.logLine, count: SignedNote.signatureLimit + 1)
    #expect(throws: NoteError.tooLarge) { try SignedNote(parsing: (Known.text + "\n" + lines).utf8) }
    let long = String(repeating: "a", count: SignedNote.limit) + Known.note
    #expect(throws: NoteError.tooLarge) { try SignedNote(parsing: long.utf8) }
}

@Test(arguments: [Known.logKey, Known.witnessKey]) func `a key has one text`(text: String) {
    #expect(VerifierKey(parsing: text)?.text == text)
    #expect(VerifierKey(parsing: text + "A") == nil)
    let upper = text.replacing("eac9d95a", with: "EAC9D95A").replacing("d455c521", with: "D455C521")
    #expect(VerifierKey(parsing: upper) == nil)
}

@Test(arguments: ["", "a b", "a+b", "a\u{A0}b", "a\u{2003}b", "a\nb", "a\u{7}b", "a\u{85}b"])
func `a signer cannot be called that`(name: String) {
    #expect(VerifierKey(name: name, kind: .log, publicKey: Ed25519PrivateKey.generate().publicKey) == nil)
}
