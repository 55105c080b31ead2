internal import Arguments
internal import Connectors
internal import Foundation
internal import HTTP
internal import Reputation
internal import Service

/// Sources that are asked over the network, and files that registries and organisations serve.
enum ForgeImports {
    /// The options these sources take.
    static let options: Set<String> = ["--api", "--dry-run", "--token-file"]
    /// Their names.
    static let names = [
        "github", "gitlab", "gerrit", "forgejo", "pypi", "npm", "crates", "osv", "attested", "open-badge",
    ]

    /// What opens `source`, or nil when it is none of these.
    static func openings(_ source: String, _ operands: [String], _ arguments: Arguments) throws -> [Import.Opening]? {
        guard self.names.contains(source) else { return nil }
        guard ["github", "gitlab", "gerrit", "forgejo"].contains(source) else {
            return try self.files(source, operands, arguments)
        }
        try arguments.allow(source == "gerrit" ? self.options.subtracting(["--token-file"]) : self.options)
        guard operands.count == 1 else { throw UsageError(reason: "import \(source) needs one project") }
        let token = try arguments.value("--token-file").map { try SecretFile.lines($0)[0] }
        return [try self.project(operands[0], on: source, at: self.base(arguments), token: token)]
    }

    /// What opens the project `name` of a forge at its API `base`.
    private static func project(
        _ name: String, on forge: String, at base: String?, token: String?
    ) throws -> Import.Opening {
        let (client, clock) = (HTTPClient(), self.clock)
        switch forge {
        case "gitlab":
            return {
                try GitLabProject.open(
                    name, base: base ?? GitLabProject.api, token: token, client: client, clock: clock, observedAt: $0,
                    resumingAfter: $1)
            }
        case "gerrit":
            guard let base else { throw UsageError(reason: "import gerrit needs --api, the server's address") }
            return {
                try GerritProject.open(
                    name, base: base, client: client, clock: clock, observedAt: $0, resumingAfter: $1)
            }
        case "forgejo":
            return {
                try ForgejoRepository.open(
                    name, base: base ?? ForgejoRepository.api, token: token, client: client, clock: clock,
                    observedAt: $0, resumingAfter: $1)
            }
        default:
            return {
                try GitHubRepository.open(
                    name, base: base ?? GitHubRepository.api, token: token, client: client, clock: clock,
                    observedAt: $0, resumingAfter: $1)
            }
        }
    }

    /// Documents that were saved as a registry, an advisory database or an organisation serves them.
    private static func files(
        _ source: String, _ paths: [String], _ arguments: Arguments
    ) throws -> [Import.Opening] {
        let form = Attestations.Form(rawValue: source)
        try arguments.allow(form == nil ? ["--dry-run"] : ["--dry-run", "--organisations"])
        guard !paths.isEmpty else { throw UsageError(reason: "import \(source) needs files") }
        if let form {
            guard let list = try arguments.value("--organisations") else {
                throw UsageError(
                    reason: "import \(source) needs --organisations, the file of those whose word is taken")
            }
            let organisations = try Organisations(path: list)
            return [
                {
                    try Attestations.open(
                        form, paths: paths, signedBy: organisations, observedAt: $0, resumingAfter: $1)
                }
            ]
        }
        guard let registry = Registry(rawValue: source) else {
            return [{ try Advisories.open(paths: paths, observedAt: $0, resumingAfter: $1) }]
        }
        return [{ try registry.open(paths: paths, observedAt: $0, resumingAfter: $1) }]
    }

    private static func base(_ arguments: Arguments) throws -> String? {
        guard let base = try arguments.value("--api") else { return nil }
        guard base.hasPrefix("https://") || base.hasPrefix("http://") else {
            throw UsageError(reason: "--api takes a URL")
        }
        return base
    }

    /// The system's clock; a wait of some length is said.
    private static let clock = RemoteClock(
        now: { Instant(seconds: Int64(Date().timeIntervalSince1970)) },
        sleep: { seconds in
            if seconds >= 10 { complain("the forge asks to wait; going on in \(seconds) s") }
            try await Task.sleep(for: .seconds(seconds))
        })
}
