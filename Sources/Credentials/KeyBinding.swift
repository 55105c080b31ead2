public import CanonicalJSON
internal import Crypto

/// Why a holder's word does not hold.
public enum KeyBindingError: Error, Equatable {
    /// The credential names no key of a holder, or one of a kind not taken here.
    case noHolderKey
    /// There is none.
    case missing
    /// It is not signed by the holder's key as `kb+jwt`.
    case token(JWSError)
    /// A claim is missing or of another kind; its name.
    case malformed(String)
    /// It is for another reader.
    case wrongAudience
    /// It answers another question.
    case wrongNonce
    /// It is over another token or other disclosures.
    case wrongHash
    /// It is not of the last, or next, minutes.
    case wrongTime
}

/// To whom a credential is shown, and what they asked, as the reader knows it.
public struct KeyBindingQuestion: Hashable, Sendable {
    /// Who reads.
    public var audience: String
    /// What was asked, used once.
    public var nonce: String

    /// A question by `audience`.
    public init(audience: String, nonce: String) {
        self.audience = audience
        self.nonce = nonce
    }
}

extension SDJWT {
    /// How far a key binding's time may be off, in seconds.
    public static let keyBindingWindow: Int64 = 300

    /// The token as its holder shows it: with the answer to `question`, signed by `key` (RFC 9901, section 4.3).
    ///
    /// - Parameter second: the time, in seconds of the Unix epoch.
    public func bound(to question: KeyBindingQuestion, by key: TokenKey, at second: Int64) -> String {
        let claims: JSON = [
            "iat": .int(second), "aud": .string(question.audience), "nonce": .string(question.nonce),
            "sd_hash": .string(SHA256.hash(self.presented.utf8).base64URL),
        ]
        return self.presented + JWS(signing: claims, with: key, type: "kb+jwt").text
    }

    /// Checks that whoever shows the token has the key that `claims`, its payload, names, and shows it to whoever asked
    /// `question`, at about `second` (RFC 9901, section 7.3).
    ///
    /// - Throws: `KeyBindingError`.
    public func verifyKeyBinding(
        to question: KeyBindingQuestion, claims: JSON, at second: Int64
    ) throws(KeyBindingError) {
        guard let json = claims["cnf"]?["jwk"] else { throw .noHolderKey }
        let key: JWK
        do throws(JWKError) { key = try JWK(json: json) } catch { throw .noHolderKey }
        guard let binding = self.keyBinding else { throw .missing }
        let payload: JSON
        do throws(JWSError) { payload = try binding.payload(verifiedBy: key, type: "kb+jwt") } catch {
            throw .token(error)
        }
        guard let time = payload["iat"]?.int else { throw .malformed("iat") }
        guard let audience = payload["aud"]?.string else { throw .malformed("aud") }
        guard let nonce = payload["nonce"]?.string else { throw .malformed("nonce") }
        guard payload["sd_hash"]?.string == SHA256.hash(self.presented.utf8).base64URL else { throw .wrongHash }
        guard audience == question.audience else { throw .wrongAudience }
        guard constantTimeEquals(nonce.utf8, question.nonce.utf8) else { throw .wrongNonce }
        guard abs(second - time) <= SDJWT.keyBindingWindow else { throw .wrongTime }
    }
}
