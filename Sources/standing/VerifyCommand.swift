internal import Arguments
internal import CanonicalJSON
internal import Credentials
internal import Foundation
internal import HTTP
internal import Profiles
internal import Reputation
internal import Transparency

/// `standing verify`: checks a proof bundle by itself, without asking anybody whether it is true.
struct VerifyCommand {
    let place: BundlePlace
    let trust: Trust
    let isJSON: Bool

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--key-file", "--vkey", "--policy"])
        guard operands.count == 1 else { throw UsageError(reason: "verify takes one FILE, URL or -") }
        self.place = try BundlePlace(operands[0])
        self.trust = Trust(
            issuerKeys: Set(try arguments.all("--key-file").flatMap(thumbprints)),
            logKeys: Set(arguments.all("--vkey")), policy: try arguments.value("--policy").map(ledgerPolicy))
        self.isJSON = arguments.has("--json")
    }

    /// Whether every step that could be made holds.
    func run() async throws -> Bool {
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        return self.report(Bundle.verify(try await self.place.read(), now: now, trust: self.trust))
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

/// The thumbprints of the keys in the JWKS file at `path`.
private func thumbprints(_ path: String) throws -> [String] {
    do {
        let keys = try JWKS(json: JSON(parsing: Data(contentsOf: URL(fileURLWithPath: path)))).keys
        guard !keys.isEmpty else {
            throw UnusableFile(path: path, reason: "it holds no key that credentials are signed with")
        }
        return keys.map(\.thumbprint)
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
