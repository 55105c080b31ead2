/// The little of DER (ITU-T X.690) that keys and signatures need.
enum DER {
    /// rsaEncryption with its NULL parameter (RFC 8017, appendix A.1).
    static let rsaEncryption: [UInt8] = DER.value(
        0x30, [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00])

    /// One value: tag, length, content.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var header = [tag]
        if content.count < 0x80 {
            header.append(UInt8(content.count))
        } else {
            var length: [UInt8] = []
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            header.append(0x80 | UInt8(length.count))
            header += length
        }
        return header + content
    }

    /// A SEQUENCE of values that are DER already.
    static func sequence(_ values: [UInt8]...) -> [UInt8] { DER.value(0x30, values.flatMap(\.self)) }

    /// A BIT STRING of whole bytes.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { DER.value(0x03, [0] + bytes) }

    /// An INTEGER that is not negative, from its big-endian bytes.
    static func integer(_ magnitude: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if bytes.first ?? 0x80 >= 0x80 { bytes.insert(0, at: 0) }
        return DER.value(0x02, bytes)
    }

    /// A SubjectPublicKeyInfo (RFC 5280, section 4.1).
    static func publicKey(algorithm: [UInt8], _ key: [UInt8]) -> [UInt8] {
        DER.sequence(algorithm, DER.bitString(key))
    }

    /// The `r ‖ s` form, `width` bytes each, of an ECDSA signature OpenSSL made: two short INTEGERs in a SEQUENCE.
    static func rawSignature(_ signature: [UInt8], width: Int) -> [UInt8] {
        var raw: [UInt8] = []
        var rest = signature.dropFirst(signature[1] < 0x80 ? 2 : 3)
        for _ in 0..<2 {
            let integer = rest.dropFirst(2).prefix(Int(rest[rest.startIndex + 1]))
            let magnitude = integer.drop { $0 == 0 }
            raw += repeatElement(0, count: width - magnitude.count)
            raw += magnitude
            rest = rest[integer.endIndex...]
        }
        return raw
    }
}
