internal import Arguments
internal import CanonicalJSON
internal import Credentials
internal import Foundation
internal import HTTP
internal import Profiles
internal import Reputation
internal import Transparency

/// `standing verify`: checks a bundle or a credential by itself, without asking anybody whether it is true.
struct VerifyCommand {
    let place: BundlePlace
    let trust: Trust
    let keys: JWKS
    let question: KeyBindingQuestion?
    /// Status lists, of either kind.
    let statusFiles: [String]
    /// The issuer to ask for its keys and for the status lists, nil to ask nobody.
    let issuer: String?
    let isJSON: Bool

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--key-file", "--vkey", "--policy", "--audience", "--nonce", "--status", "--issuer"])
        guard operands.count == 1 else { throw UsageError(reason: "verify takes one FILE, URL or -") }
        self.place = try BundlePlace(operands[0])
        self.keys = JWKS(try arguments.all("--key-file").flatMap(keySet))
        self.trust = Trust(
            issuerKeys: Set(self.keys.keys.map(\.thumbprint)),
            logKeys: Set(arguments.all("--vkey")), policy: try arguments.value("--policy").map(ledgerPolicy))
        switch (try arguments.value("--audience"), try arguments.value("--nonce")) {
        case (nil, nil): self.question = nil
        case (let audience?, let nonce?): self.question = KeyBindingQuestion(audience: audience, nonce: nonce)
        default: throw UsageError(reason: "--audience and --nonce go together")
        }
        self.statusFiles = arguments.all("--status")
        self.issuer = try arguments.value("--issuer").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        if let issuer = self.issuer, !issuer.hasPrefix("https://"), !issuer.hasPrefix("http://") {
            throw UsageError(reason: "--issuer takes the address of a service, such as https://standing.example")
        }
        self.isJSON = arguments.has("--json")
    }

    /// Whether every step that could be made holds.
    func run() async throws -> Bool {
        let bytes = try await self.place.read()
        var verifier = Verifier(
            now: Instant(seconds: Int64(Date().timeIntervalSince1970)), trust: self.trust, keys: self.keys,
            question: self.question)
        verifier.statusLists = try self.statusFiles.map(statusList)
        if let issuer = self.issuer { try await self.ask(issuer, about: bytes, for: &verifier) }
        return self.report(verifier.verify(bytes))
    }

    /// Asks the issuer that the reader named, and nobody that the credential names, for its keys and the newest lists.
    private func ask(_ issuer: String, about bytes: [UInt8], for verifier: inout Verifier) async throws {
        let keys = try JWKS(json: JSON(parsing: await get("\(issuer)/.well-known/jwks.json")))
        verifier.keys = JWKS(verifier.keys.keys + keys.keys)
        verifier.trust.issuerKeys.formUnion(keys.keys.map(\.thumbprint))
        guard self.statusFiles.isEmpty else { return }
        for list in Verifier.statusLists(of: bytes) where list.hasPrefix("\(issuer)/status/") {
            verifier.statusLists.append(String(decoding: try await get(list), as: UTF8.self))
        }
    }

    func report(_ verification: Verification) -> Bool {
        say(
            self.isJSON
                ? verification.document.canonical + "\n"
                : VerificationScreen(verification: verification, style: .output).text)
        if let failure = verification.firstFailure { complain("the step '\(failure.name.rawValue)' failed") }
        return verification.isValid
    }
}

/// A file that cannot be used, and why.
struct UnusableFile: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(self.path): \(self.reason)" }
}

/// What is at `url`.
private func get(_ url: String) async throws -> [UInt8] {
    let response = try await HTTPClient(bodyBytes: JWS.limit).get(url)
    guard response.status == 200 else {
        throw UnusableFile(path: url, reason: "the service answered \(response.status)")
    }
    return response.body
}

/// The status list token in the file at `path`.
private func statusList(_ path: String) throws -> String {
    do {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let bytes = try file.read(upToCount: JWS.limit + 1) ?? Data()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
        throw UnusableFile(path: path, reason: error.localizedDescription)
    }
}

/// The keys in the JWKS file at `path`.
private func keySet(_ path: String) throws -> [JWK] {
    do {
        let keys = try JWKS(json: JSON(parsing: Data(contentsOf: URL(fileURLWithPath: path)))).keys
        guard !keys.isEmpty else {
            throw UnusableFile(path: path, reason: "it holds no key that credentials are signed with")
        }
        return keys
    } catch let error as UnusableFile {
        throw error
    } catch let error as CocoaError {
        throw UnusableFile(path: path, reason: error.localizedDescription)
    } catch {
        throw UnusableFile(path: path, reason: "this is no JSON Web Key Set: \(error)")
    }
}

/// The policy in the file at `path`.
private func ledgerPolicy(_ path: String) throws -> LedgerPolicy {
    do {
        return try LedgerPolicy(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as LedgerPolicyError {
        throw UnusableFile(path: path, reason: "this is no ledger policy: \(error)")
    } catch {
        throw UnusableFile(path: path, reason: error.localizedDescription)
    }
}

/// Where a bundle is.
enum BundlePlace: Equatable {
    case file(String)
    case input
    case web(String)

    /// The place `operand` names; of a profile's page it is the bundle beside it.
    init(_ operand: String) throws(UsageError) {
        guard operand.hasPrefix("http://") || operand.hasPrefix("https://") else {
            self = operand == "-" ? .input : .file(operand)
            return
        }
        guard var url = URLComponents(string: operand), url.host?.isEmpty == false else {
            throw UsageError(reason: "\(operand) is no address of the web")
        }
        let segments = url.path.split(separator: "/")
        let isBundle = segments.last == "bundle" && segments.dropLast(2).last == "p"
        if segments.dropLast().last == "p", !isBundle {
            url.path = "/" + segments.joined(separator: "/") + "/bundle"
            url.fragment = nil
        }
        self = .web(url.string ?? operand)
    }

    /// The bundle's bytes, one more than a bundle may have at most.
    func read() async throws -> [UInt8] {
        switch self {
        case .input: return try self.bytes(of: .standardInput, named: "standard input")
        case .file(let path):
            do {
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                return try self.bytes(of: file, named: path)
            } catch let error as CocoaError {
                throw UnusableFile(path: path, reason: error.localizedDescription)
            }
        case .web(let url):
            let response = try await HTTPClient(bodyBytes: Bundle.limit + 1).get(url)
            guard response.status == 200 else {
                throw UnusableFile(path: url, reason: "the service answered \(response.status)")
            }
            return response.body
        }
    }

    private func bytes(of file: FileHandle, named path: String) throws -> [UInt8] {
        do {
            return Array(try file.read(upToCount: Bundle.limit + 1) ?? Data())
        } catch {
            throw UnusableFile(path: path, reason: error.localizedDescription)
        }
    }
}
