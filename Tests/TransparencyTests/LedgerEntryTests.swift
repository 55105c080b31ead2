import Testing
import Transparency

struct LedgerEntryTests {
    private static let commitment = Commitment(disclosure: "made up")

    private static func text(_ kind: String) -> String {
        "{\"c\":\"\(self.commitment.text)\",\"k\":\"\(kind)\",\"v\":1}"
    }

    @Test(arguments: LedgerEntry.Kind.allCases) func `an entry of every kind is read`(kind: LedgerEntry.Kind) {
        let entry = LedgerEntry(kind, Self.commitment)
        #expect(LedgerEntry.read(entry.text.utf8) == .entry(entry))
        #expect(entry.text == Self.text(kind.rawValue))
    }

    @Test(arguments: ["pardon", "x", "a-b", String(repeating: "k", count: 64)])
    func `an entry of another kind is told from no entry`(kind: String) {
        #expect(LedgerEntry.read(Self.text(kind).utf8) == .unknownKind(kind, Self.commitment))
        #expect(LedgerEntry(parsing: Self.text(kind)) == nil)
    }

    @Test(arguments: ["", "Evidence", "a b", "a\"", "a\\u0062", "é", "k0", String(repeating: "k", count: 65)])
    func `a kind that no entry could have is malformed`(kind: String) {
        #expect(LedgerEntry.read(Self.text(kind).utf8) == .malformed)
    }

    @Test func `an entry changed in any bit, cut or continued is another or malformed`() {
        let bytes = Array(Self.text("credential").utf8)
        for position in bytes.indices {
            #expect(LedgerEntry.read(bytes[..<position]) == .malformed)
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                switch LedgerEntry.read(changed) {
                case .entry(let entry): #expect(Array(entry.text.utf8) == changed)
                case .unknownKind(let kind, let commitment):
                    #expect(Array("{\"c\":\"\(commitment.text)\",\"k\":\"\(kind)\",\"v\":1}".utf8) == changed)
                case .malformed: break
                }
            }
        }
        #expect(LedgerEntry.read(bytes + [0x20]) == .malformed)
        #expect(LedgerEntry.read([]) == .malformed)
    }
}
