import Credentials
import Reputation

/// A commit's object, split into what was signed and the signature over it.
struct SignedCommit {
    /// The signature as the header has it, nil when the commit is not signed.
    let armored: String?
    /// The object without its signatures.
    let payload: [UInt8]

    /// The parts of `object`, as git takes them apart: signatures are headers whose lines go on after a space.
    init(_ object: [UInt8]) {
        var armored: [UInt8]?
        var payload: [UInt8] = []
        payload.reserveCapacity(object.count)
        var rest = object[...]
        var (isSignature, isOther) = (false, false)
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end != rest.startIndex {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            if line.first != UInt8(ascii: " ") {
                isSignature = line.starts(with: "gpgsig ".utf8) || line.starts(with: "gpgsig-sha256 ".utf8)
                isOther = armored != nil && isSignature
                if isSignature, !isOther { armored = Array(line.drop { $0 != UInt8(ascii: " ") }.dropFirst()) }
            } else if isSignature, !isOther {
                armored?.append(contentsOf: line.dropFirst())
            }
            if !isSignature { payload += line }
        }
        self.armored = armored.map { String(decoding: $0, as: UTF8.self) }
        self.payload = payload + rest
    }
}

extension Evidence.Signature {
    /// What is to be said of the signature of the commit whose object is `object`; nil when it has none.
    ///
    /// An SSH signature is checked as `ssh-keygen -Y check-novalidate -n git` does it: the key named in it signed exactly
    /// this commit, and for git. Whose key it is, is for those to say who know what keys an account has claimed.
    init?(ofCommit object: [UInt8]) {
        let commit = SignedCommit(object)
        guard let armored = commit.armored else { return nil }
        let isSSH = armored.hasPrefix("-----BEGIN SSH SIGNATURE-----")
        self = isSSH ? .checked(armored, over: commit.payload) : .init(state: .unchecked, reason: "not_ssh")
    }

    private static func checked(_ armored: String, over payload: [UInt8]) -> Evidence.Signature {
        let signature: SSHSignature
        do throws(SSHSignatureError) {
            signature = try SSHSignature(armored: armored)
        } catch {
            return .init(state: error.isOfAnotherKind ? .unchecked : .invalid, reason: error.name)
        }
        let key = signature.key.fingerprint
        do throws(SSHSignatureError) {
            try signature.verify(payload, namespace: "git", key: signature.key)
            return .init(state: .valid, key: key)
        } catch {
            return .init(state: .invalid, key: key, reason: error.name)
        }
    }
}

extension SSHSignatureError {
    /// Whether it may be good, and is of a kind that is not checked here.
    fileprivate var isOfAnotherKind: Bool {
        switch self {
        case .key(.unsupported), .unsupportedVersion, .unsupportedHash: true
        default: false
        }
    }

    /// The step that failed, as evidence names it.
    fileprivate var name: String {
        switch self {
        case .tooLarge: "too_large"
        case .malformedArmor, .malformed: "malformed"
        case .unsupportedVersion: "unsupported_version"
        case .unsupportedHash: "unsupported_hash"
        case .key(.unsupported): "unsupported_key"
        case .key: "malformed_key"
        case .wrongAlgorithm: "wrong_algorithm"
        case .wrongNamespace: "wrong_namespace"
        case .wrongKey: "wrong_key"
        case .wrongSignature: "wrong_signature"
        case .userNotPresent: "user_not_present"
        }
    }
}
