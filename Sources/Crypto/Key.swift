import COpenSSL

/// Why bytes are not the key they should be.
public enum KeyError: Error, Equatable {
    /// The text or bytes are no key in the expected format.
    case malformed
    /// A key, but of another algorithm, curve or size than asked for.
    case wrongKind
}

/// What a signature algorithm hashes the message with before it signs.
enum MessageHash {
    /// Ed25519 takes the message itself.
    case none
    case sha256
    case sha384
    case sha512

    fileprivate var method: OpaquePointer? {
        switch self {
        case .none: nil
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}

/// The only owner of an `EVP_PKEY`.
///
/// `@unchecked`, because it is safe to use from many threads: the pointer never changes and nothing here modifies the key after
/// `init`. OpenSSL lets threads share an object as long as what they call does not modify it (openssl-threads(7)); signing and
/// verifying use a context of the call's own, and what the library caches inside a key it guards with the key's lock.
@safe final class Key: @unchecked Sendable {
    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(self.pointer) }

    /// Takes over what an OpenSSL function made, nil when it refused.
    ///
    /// The thread's error queue is emptied, so that no later reader of it blames a stranger for our refusal.
    private static func owning(_ pointer: OpaquePointer?) -> Key? {
        guard let pointer = unsafe pointer else {
            ERR_clear_error()
            return nil
        }
        return unsafe Key(owning: pointer)
    }

    /// The algorithm's number (`EVP_PKEY_id`).
    var kind: Int32 { unsafe EVP_PKEY_get_base_id(self.pointer) }

    /// The size of the key in bits: of the modulus, or of the group's order.
    var bits: Int { Int(unsafe EVP_PKEY_get_bits(self.pointer)) }

    // MARK: Making
    // Making fails only without memory or randomness, and then the process ends: there is no lesser key to go on with.

    /// A new key on the curve P-256.
    static func generateP256() -> Key {
        // Without memory or randomness there is no lesser key to go on with.
        guard let key = unsafe Key.owning(standing_p256_generate()) else { fatalError("OpenSSL makes no P-256 key") }
        return key
    }

    /// A new RSA key.
    static func generateRSA(bits: Int) -> Key {
        // Without memory or randomness there is no lesser key to go on with.
        guard let key = unsafe Key.owning(standing_rsa_generate(bits)) else { fatalError("OpenSSL makes no RSA key") }
        return key
    }

    /// The Ed25519 private key with this seed, nil unless it has 32 bytes.
    static func ed25519(seed: some Collection<UInt8>) -> Key? {
        unsafe withBytes(of: seed) {
            unsafe Key.owning(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, $0.baseAddress, $0.count))
        }
    }

    /// The Ed25519 public key of these bytes, nil unless there are 32.
    static func ed25519(publicKey: some Collection<UInt8>) -> Key? {
        unsafe withBytes(of: publicKey) {
            unsafe Key.owning(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, $0.baseAddress, $0.count))
        }
    }

    /// The public key a SubjectPublicKeyInfo holds, nil when it is malformed or its point is not on its curve.
    static func publicKey(der: [UInt8]) -> Key? {
        unsafe withBytes(of: der) { bytes in
            var position = bytes.baseAddress
            return unsafe Key.owning(d2i_PUBKEY(nil, &position, bytes.count))
        }
    }

    /// The private key a PKCS #8 PrivateKeyInfo (RFC 5208) holds, nil when it is malformed or followed by anything.
    static func privateKey(pkcs8: [UInt8]) -> Key? {
        unsafe withBytes(of: pkcs8) { bytes in
            var position = bytes.baseAddress
            guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &position, bytes.count) else {
                ERR_clear_error()
                return nil
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            guard let end = unsafe bytes.baseAddress?.advanced(by: bytes.count), unsafe position == end else {
                return nil
            }
            return unsafe Key.owning(EVP_PKCS82PKEY(info))
        }
    }

    // MARK: Reading
    // Asked of keys whose kind was looked at when they were taken in: OpenSSL fails here without memory, or by a bug of ours.

    /// The key as a PKCS #8 PrivateKeyInfo. Asked of private keys alone: a public one here is our own bug, and traps.
    var pkcs8: [UInt8] {
        // A bug of ours: whoever asks has a private key by its type.
        guard let info = unsafe EVP_PKEY2PKCS8(self.pointer) else { fatalError("the key has no private half") }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_PKCS8_PRIV_KEY_INFO(info, &start)
        // What has a private half can be written, so only memory was wanting, and a Swift program ends for that anyway.
        guard count > 0, let start = unsafe start else { fatalError("no memory") }
        defer { unsafe CRYPTO_clear_free(start, Int(count), nil, 0) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// The 32 bytes of an Ed25519 public key.
    var rawPublicKey: [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: 32) { buffer, count in
            count = 32
            let done = unsafe EVP_PKEY_get_raw_public_key(self.pointer, buffer.baseAddress, &count)
            // A bug of ours: the kind of the key was looked at when it was taken in.
            guard done == 1 else { fatalError("the key has no raw form") }
        }
    }

    /// The number called `name` (`"qx"`, `"qy"`, `"n"`, `"e"`), big-endian, in `width` bytes or in as few as it needs.
    func number(_ name: String, width: Int? = nil) -> [UInt8] {
        var number: OpaquePointer?
        // A bug of ours: the kind of the key was looked at when it was taken in.
        guard unsafe EVP_PKEY_get_bn_param(self.pointer, name, &number) == 1 else {
            fatalError("the key has no \(name)")
        }
        defer { unsafe BN_free(number) }
        let count = width ?? (Int(unsafe BN_num_bits(number)) + 7) / 8
        return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            // Coordinates are no wider than the curve they were found on.
            let written = unsafe BN_bn2binpad(number, buffer.baseAddress, Int32(count))
            guard written == Int32(count) else { fatalError("\(name) is wider than the curve") }
            initialized = count
        }
    }

    // MARK: Using
    // Signing is asked of private keys alone, with the hash of their kind: it fails without memory, or by a bug of ours.

    /// The signature of `message`, as OpenSSL writes it (ECDSA: DER).
    func signature(of message: some Sequence<UInt8>, hash: MessageHash) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        // A bug of ours, or no memory: the key is a private one by its type, and the hash is that of its kind.
        guard unsafe EVP_DigestSignInit(context, nil, hash.method, nil, self.pointer) == 1 else {
            fatalError("the key cannot sign")
        }
        return unsafe withBytes(of: message) { message in
            let capacity = Int(unsafe EVP_PKEY_get_size(self.pointer))
            return unsafe Array(unsafeUninitializedCapacity: capacity) { buffer, count in
                count = capacity
                // An empty signature in place of a failure would be sent to somebody.
                let done = unsafe EVP_DigestSign(
                    context, buffer.baseAddress, &count, message.baseAddress, message.count)
                guard done == 1 else { fatalError("signing failed") }
            }
        }
    }

    /// Whether `signature`, as OpenSSL writes it, is this key's for `message`.
    func verifies(_ signature: some Sequence<UInt8>, of message: some Sequence<UInt8>, hash: MessageHash) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, hash.method, nil, self.pointer) == 1 else {
            ERR_clear_error()
            return false
        }
        let verified = unsafe withBytes(of: signature) { signature in
            unsafe withBytes(of: message) { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, message.baseAddress, message.count)
            }
        }
        if verified != 1 { ERR_clear_error() }
        return verified == 1
    }
}
