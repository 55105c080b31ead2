import Profiles
import Testing

struct TamperTests {
    /// In each of three ways: a bit that keeps letters letters, one that changes their case, and the top bit, which
    /// leaves ASCII. Every byte of a short bundle, but of the long signed parts, the token and the status list, one in eleven.
    @Test(arguments: [0x01, 0x20, 0x80] as [UInt8])
    func `a changed byte anywhere fails`(mask: UInt8) throws {
        let world = try World()
        let bundle = try world.bundle(showing: 0..<1)
        let good = Array(bundle.text.utf8)
        #expect(Bundle.verify(good, now: now).isValid)
        // The token is the first member; its last 90 bytes hold the signature.
        let signed = 20..<(bundle.credential.utf8.count - 90)
        #expect(bundle.text.hasPrefix("{\"credential\":\"\(bundle.credential)"))
        // The list is the last member but the log's key; what is looked at whole of it is its last 90 bytes, too.
        let status = try #require(bundle.status)
        let list = try #require(bundle.text.firstRange(of: status))
        let start = bundle.text.utf8.distance(from: bundle.text.startIndex, to: list.lowerBound)
        let listed = start..<(start + status.utf8.count - 90)
        var failures: Set<Verification.Name> = []
        for position in good.indices
        where !(signed.contains(position) || listed.contains(position)) || position.isMultiple(of: 11) {
            var changed = good
            changed[position] ^= mask
            let failure = Bundle.verify(changed, now: now).firstFailure?.name
            #expect(failure != nil, "byte \(position), 0x\(String(good[position], radix: 16))")
            if let failure { failures.insert(failure) }
        }
        #expect(failures.isSuperset(of: [.format, .signature, .logKey, .disclosures]) || mask == 0x80)
    }

    @Test func `a cut or lengthened file fails`() throws {
        let good = Array(try World().bundle(showing: 0..<1).text.utf8)
        for count in stride(from: 0, to: good.count - 1, by: 7) {
            #expect(!Bundle.verify(good.prefix(count), now: now).isValid)
        }
        for byte: UInt8 in [0x00, 0x0A, 0x20, 0x7D] {
            #expect(Bundle.verify(good + [byte], now: now).firstFailure?.name == .format)
        }
    }

    /// The step named is the one whose part was changed.
    @Test(
        arguments: [
            ("\"standing-bundle/1\"", "\"standing-bundle/2\"", .format),
            ("\"kty\":\"EC\"", "\"kty\":\"OK\"", .signature),
            ("index 150\\n", "index 151\\n", .inclusion),
            ("\\n312\\n", "\\n313\\n", .checkpoint),
            ("standing.example/evidence\\n312", "standing.examp1e/evidence\\n312", .checkpoint),
            ("\u{2014} witness.example/w1 ", "\u{2014} witness.example/w2 ", .checkpoint),
            ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", .inclusion),
            ("\"vkey\":\"standing", "\"vkey\":\"sta\u{F1}ding", .logKey),
        ] as [(String, String, Verification.Name)])
    func `the step that failed is named`(original: String, changed: String, step: Verification.Name) throws {
        let text = try World().bundle(showing: 0..<1).text
        let parts = text.split(separator: original, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "the bundle holds \(original)")
        let tampered = parts.joined(separator: changed)
        #expect(Bundle.verify(Array(tampered.utf8), now: now).firstFailure?.name == step)
    }
}
