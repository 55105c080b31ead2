internal import Credentials

/// Why an account could not be claimed. Each says what the person can do.
public enum ClaimError: Error, Equatable, CustomStringConvertible {
    case unknownPlatform(String)
    case malformedLogin
    case noOpenChallenge
    case malformedSignature(String)
    case wrongSignature
    case keyNotListed(fingerprint: String, at: String)
    case noSuchAccount
    case forgeUnavailable(String)
    case boundElsewhere
    case handleTaken
    case malformedHandle

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unknownPlatform(let name): "accounts on \(name) cannot be proved here yet"
        case .malformedLogin: "a login is 1 to 39 letters, digits and hyphens"
        case .noOpenChallenge: "there is no open challenge with this id: it ended or was used; ask for a new one"
        case .malformedSignature(let reason): "this is not an SSH signature: \(reason)"
        case .wrongSignature:
            "the signature is not over the challenge's text in its namespace; sign the text exactly as given"
        case .keyNotListed(let fingerprint, let url):
            "the key \(fingerprint) that signed is not in the list at \(url) now"
        case .noSuchAccount: "the forge has no account of this login"
        case .forgeUnavailable(let reason): "the forge could not be asked: \(reason); try again later"
        case .boundElsewhere: "this account is bound to another developer; unbind it there first"
        case .handleTaken: "this handle is taken; choose another"
        case .malformedHandle: "a handle is 1 to 39 lower-case letters and digits with single hyphens between them"
        }
    }
}

extension SSHSignatureError {
    /// What is wrong with the signature, for the person who made it.
    var sentence: String {
        switch self {
        case .tooLarge: "it is larger than any signature"
        case .malformedArmor: "there is no base64 between its BEGIN and END lines"
        case .malformed: "its bytes are not in OpenSSH's format"
        case .unsupportedVersion: "it has a version other than 1"
        case .unsupportedHash: "the message was not hashed with SHA-256 or SHA-512"
        case .key(.unsupported(let type)): "keys of type \(type) are not taken"
        case .key(.wrongSize): "the RSA key is smaller than 2048 bits, or too large"
        case .key(.malformed): "the key in it cannot be read"
        case .wrongAlgorithm: "it was made by an algorithm that does not belong to its key"
        case .wrongNamespace: "it was made for another purpose"
        case .wrongKey, .wrongSignature: "it does not verify"
        case .userNotPresent: "the hardware key was not touched"
        }
    }
}
