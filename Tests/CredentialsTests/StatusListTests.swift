import CanonicalJSON
import Credentials
import Crypto
import Testing

struct StatusListTests {
    /// IETF Token Status List, section 4.1, its examples of one and of two bits.
    @Test func `the published token lists are read`() {
        let one: JSON = ["bits": 1, "lst": "eNrbuRgAAhcBXQ"]
        let bits: [UInt8] = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
        #expect(bits.indices.map { StatusTable.value(at: Int64($0), ofTokenList: one) } == bits)
        #expect(StatusTable.value(at: 16, ofTokenList: one) == nil)
        let two: JSON = ["bits": 2, "lst": "eNo76fITAAPfAgc"]
        let statuses: [UInt8] = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
        #expect(statuses.indices.map { StatusTable.value(at: Int64($0), ofTokenList: two) } == statuses)
    }

    /// W3C Bitstring Status List, its example of a list in which nothing is set.
    @Test func `the published bitstring list is read`() {
        let list = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
        #expect(StatusTable.bit(at: 0, ofBitstring: list) == false)
        #expect(StatusTable.bit(at: 131_071, ofBitstring: list) == false)
        #expect(StatusTable.bit(at: 131_072, ofBitstring: list) == nil)
    }

    @Test func `both lists say the same of one table, in their opposite orders`() throws {
        let statuses: [Int: CredentialStatus] = [
            0: .revoked, 1: .suspended, 7: .revoked, 9: .suspended, 65_535: .revoked, 131_070: .suspended,
            131_071: .revoked,
        ]
        let table = StatusTable(statuses)
        for index in [0, 1, 2, 6, 7, 8, 9, 10, 65_534, 65_535, 65_536, 131_069, 131_070, 131_071] {
            let expected = statuses[index] ?? .valid
            #expect(table[index] == expected)
            #expect(StatusTable.value(at: Int64(index), ofTokenList: table.tokenList) == expected.rawValue)
            #expect(
                StatusTable.bit(at: Int64(index), ofBitstring: table.bitstring(of: .revoked)) == (expected == .revoked))
            #expect(
                StatusTable.bit(at: Int64(index), ofBitstring: table.bitstring(of: .suspended))
                    == (expected == .suspended))
        }
        // The first byte of the token list has index 0 in its lowest bits, that of the bitstring in its highest.
        let token = try #require(table.tokenList["lst"]?.string.flatMap { Base64URL.decode($0) })
        #expect(try Deflate.inflate(zlib: token, limit: 1 << 20)[0] == 0b0000_1001)
        let bits = try #require(Base64URL.decode(table.bitstring(of: .revoked).dropFirst()))
        #expect(try Deflate.inflate(gzip: bits, limit: 1 << 20)[0] == 0b1000_0001)
        #expect(token.count < 300 && bits.count < 300)
    }

    @Test func `a list that cannot be read says nothing`() {
        for list: JSON in [
            [:], ["bits": 3, "lst": "eNrbuRgAAhcBXQ"], ["bits": 1, "lst": "AAAA"],
            ["bits": 1, "lst": "eNrbuRgAAhcBXR"],
            ["bits": 1], ["lst": "eNrbuRgAAhcBXQ"],
        ] {
            #expect(StatusTable.value(at: 0, ofTokenList: list) == nil)
        }
        let one: JSON = ["bits": 1, "lst": "eNrbuRgAAhcBXQ"]
        #expect(StatusTable.value(at: -1, ofTokenList: one) == nil)
        #expect(StatusTable.value(at: .max, ofTokenList: one) == nil)
        for text in ["", "u", "z", "uAAAA", "H4sIAAAAAAAAA"] {
            #expect(StatusTable.bit(at: 0, ofBitstring: text) == nil)
        }
    }
}

struct DeflateTests {
    @Test(arguments: [0, 1, 2, 3, 4, 257, 258, 259, 260, 261, 262, 516, 517, 1_000, 70_000])
    func `a run of any length comes back, in both wrappings`(count: Int) throws {
        let bytes = [UInt8](repeating: 0xA5, count: count)
        #expect(try Deflate.inflate(zlib: Deflate.zlib(bytes), limit: 100_000) == bytes)
        #expect(try Deflate.inflate(gzip: Deflate.gzip(bytes), limit: 100_000) == bytes)
    }

    @Test func `any bytes come back`() throws {
        let bytes = (0..<3_000).flatMap { Array(repeating: UInt8(truncatingIfNeeded: $0 &* 37), count: $0 % 7) }
        #expect(try Deflate.inflate(zlib: Deflate.zlib(bytes), limit: bytes.count) == bytes)
        #expect(throws: InflateError.tooLarge) {
            try Deflate.inflate(zlib: Deflate.zlib(bytes), limit: bytes.count - 1)
        }
    }

    /// The dynamic one was made by zlib 1.2.13 at level 9.
    @Test func `others' dynamic codes and stored blocks are read`() throws {
        let text = Array(String(repeating: "status list ", count: 40).utf8) + (0...255).map { UInt8($0) }
        let stored: [UInt8] =
            [0x78, 0x01, 0x01] + [UInt8(text.count & 0xFF), UInt8(text.count >> 8)]
            + [UInt8(~text.count & 0xFF), UInt8(~text.count >> 8 & 0xFF)] + text
            + Array(Deflate.zlib(text).suffix(4))
        #expect(try Deflate.inflate(zlib: stored, limit: 1_000) == text)
        let dynamic = try #require(Base64URL.decode(dynamicBlock))
        let plain = Array(words().utf8)
        #expect(try Deflate.inflate(zlib: dynamic, limit: 10_000) == plain)
        #expect(throws: InflateError.tooLarge) { try Deflate.inflate(zlib: dynamic, limit: plain.count - 1) }
    }

    @Test func `every cut is refused, and a flipped bit never reads as anything else`() throws {
        let plain = [UInt8](repeating: 0, count: 5_000) + [1, 2, 3] + [UInt8](repeating: 9, count: 400)
        let good = Deflate.zlib(plain)
        for position in good.indices {
            #expect(throws: InflateError.self) { try Deflate.inflate(zlib: Array(good[..<position]), limit: 10_000) }
            for bit in 0..<8 where position > 1 {
                var changed = good
                changed[position] ^= 1 << UInt8(bit)
                // A run of one byte reads the same from further back, and the last bits stand for nothing.
                let read = try? Deflate.inflate(zlib: changed, limit: 10_000)
                #expect(read == nil || read == plain)
            }
        }
    }

    @Test func `a bomb stops at the limit`() throws {
        let bomb = Deflate.gzip([UInt8](repeating: 0, count: 4 << 20))
        #expect(bomb.count < 30_000)
        #expect(throws: InflateError.tooLarge) { try Deflate.inflate(gzip: bomb, limit: 1 << 20) }
    }
}

/// Three hundred words, always the same.
private func words() -> String {
    let words = [
        "checkpoint", "ledger", "witness", "facet", "disclosure", "credential", "status", "revoked", "suspended",
        "commitment",
    ]
    var state = 1
    return (0..<300).map { _ in
        state = (state &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
        return words[(state >> 16) % 10]
    }.joined(separator: " ")
}

/// Those words, compressed.
private let dynamicBlock = """
    eNqNVu1yhDAIfJW8mqNpzzk_boy2r19nDAlhF-2v84SwsCzEdKRPXIY4hFSevro-7qHf4hCXfeymMMXhO25hiz_r-7T3r9i_P-u4nE7rPI_7fP\
    qF33FfYkoh7d1-JG2Rc8OY-mlNxxabEBUnA9eT1ws5nyPLT8nXz1QhZovyNQnr7KqTeiv-PsaVbrZDmjRhWiHYBRqwFI9gK_UVXHkjcKWhFQ_I\
    z9U4vaveFaVEVcamcyqAYge6YAUFXXYrvv4hmsooh2h7JRqh4lSHuVQuVG1j7GQMIyZ1SugTD4WQ02zKQ4nbQb4TjdKkKpo3-MIzXZFsIbJwCQ\
    E0pTiMPA3CxWO-vEmPj4RPVikRuaGiGrwO5vj_DAijYvaMsxzhWAtnlhnujCZJsoduthqOG0rg5tbhk9RQ54fVtT5KRT9Wh7KUWYWWMJSNWIgH\
    l6a95hhs22WzRCyXtHWteGgjOfHkLqUSdzp4P8z4GeE0jSkH0zEt0AvP2_T2G4dKol3AnG538XFa7Z2Mt7Wz9Dj5OHIQDwaNZEOuYfezzKjwaY\
    L_AOj8CzI
    """
