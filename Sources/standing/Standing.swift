internal import Arguments
internal import Client
internal import Foundation
internal import Glibc

/// The reader's tool: speaks only HTTP and files. Exit 0 done, 1 failed, 2 usage, 3 could not look.
@main
struct Standing {
    static let version = "0.1.0"

    static let usage = """
        usage: standing [--server URL] <command> [--json]

          check PLATFORM/LOGIN [--repository OWNER/NAME] [--lines N] [--assistance disclosed|none] [--key KEY]
                                 what is known about the author of a change, and what the policy advises
          verify FILE|URL|- [--key-file JWKS] [--vkey VKEY] [--policy FILE] [--status FILE]...
                 [--issuer URL] [--audience TEXT --nonce TEXT]
                                 check a proof bundle, a profile's page or a credential without asking its issuer; with
                                 a policy, its quorum of witnesses must have seen the checkpoint; with --issuer, that
                                 service is asked for its keys and for the status
          export HANDLE [--facets A,B] [--accounts PLATFORM/LOGIN,…] [--detail none|facts] [--days N]
                 [--format bundle|vc+jwt|…] [--output FILE] [--session TOKEN]
                                 a signed file of your own profile that shows what you choose; says link and badge
          claim PLATFORM/LOGIN --handle HANDLE [--ssh-key FILE] [--discoverable] [--service URL]
                                 prove an account with an SSH key the forge lists, and publish the profile
          grant --audience TEXT [--facets A,B] [--days N] [--uses N] [--session TOKEN]
                                 a link that lets one reader see the profile

          monitor URL --state FILE [--key VKEY] [--mirror URL]... [--policy FILE]
                  [--expect FILE] [--keep DIR] [--once|--every SECONDS]
                                 follow a log without trusting it; 0 all well, 1 an alarm, 3 could not look

        --server is $STANDING_SERVER or http://127.0.0.1:8080, --key $STANDING_KEY, --session $STANDING_SESSION.
        Results go to standard output, with --json as one JSON document (monitor: one a
        line); messages go to standard error.

        """

    static let options = Options(
        valued: [
            "--server", "--repository", "--lines", "--assistance", "--key", "--key-file", "--vkey", "--handle",
            "--ssh-key", "--service", "--audience", "--facets", "--days", "--uses", "--session", "--state", "--mirror",
            "--policy", "--expect", "--keep", "--every", "--audience", "--nonce", "--status", "--issuer", "--accounts",
            "--detail", "--format", "--output",
        ],
        flags: ["--json", "--discoverable", "--once", "--help", "--version"],
        general: ["--server", "--json"])

    static func main() async {
        do {
            leave(try await self.run(CommandLine.arguments.dropFirst()) ? 0 : 1)
        } catch let error as UsageError {
            complain(error.reason)
            FileHandle.standardError.write(Data("\n\(self.usage)".utf8))
            leave(2)
        } catch let ending as Ending {
            if !ending.reason.isEmpty { complain(ending.reason) }
            leave(ending.status)
        } catch {
            complain("\(error)")
            leave(1)
        }
    }

    /// Carries the command line out; false when it was done and found something wrong.
    static func run(_ words: some Sequence<String>) async throws -> Bool {
        let arguments = try Arguments(words, options: self.options)
        if arguments.has("--help") {
            say(self.usage)
            return true
        }
        if arguments.has("--version") {
            say("standing \(self.version)\n")
            return true
        }
        switch (arguments.words.first, Array(arguments.words.dropFirst())) {
        case ("check", let operands): return try await CheckCommand(operands, arguments).run()
        case ("verify", let operands): return try await VerifyCommand(operands, arguments).run()
        case ("claim", let operands): return try await ClaimCommand(operands, arguments).run()
        case ("grant", let operands): return try await GrantCommand(operands, arguments).run()
        case ("export", let operands): return try await ExportCommand(operands, arguments).run()
        case ("monitor", let operands): return try await MonitorCommand(operands, arguments).run()
        case (nil, _): throw UsageError(reason: "no command given")
        case (let command?, _): throw UsageError(reason: "unknown command: \(command)")
        }
    }
}

extension Arguments {
    /// The service that the command line or the environment names, called with `token`.
    func client(token: String? = nil) throws -> Client {
        let server = try self.value("--server") ?? environment("STANDING_SERVER") ?? "http://127.0.0.1:8080"
        do {
            return try Client(server: server, token: token)
        } catch {
            throw UsageError(reason: "\(error)")
        }
    }
}

/// The environment's value of `name`; an empty one counts as none.
func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
}
