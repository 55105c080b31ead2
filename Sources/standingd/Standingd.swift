internal import Arguments
internal import EventLoop
internal import Foundation
internal import Glibc

/// The service and its operator's commands. Exit 0 done, 1 failed, 2 usage.
@main
struct Standingd {
    static let usage = """
        usage: standingd [--state DIR] [--database URL] [--public-url URL] [--forge PLATFORM=URL]
                         [--policy FILE] [--witness-of FILE] <command> [--json]

          serve [--listen HOST:PORT] [--github-secret FILE]
                                                run the service, on 127.0.0.1:8080 unless told; take webhooks that
                                                prove themselves by a secret of the file
          migrate                               bring the database's schema up to date
          import gharchive FILE…|DIR            events of GH Archive (.json.gz)
          import git PATH                       the history of a clone
          import debian [--packages FILE --sources FILE]
                                                a Debian package index, apt's own unless told
          import github OWNER/REPO [--api URL] [--token-file FILE]
                                                a repository through GitHub's API, what is new since the last time
          import gitlab GROUP/PROJECT [--api URL] [--token-file FILE]
                                                a project through GitLab's API, gitlab.com's unless told
          import forgejo OWNER/REPO [--api URL] [--token-file FILE]
                                                a repository on Forgejo or Gitea, codeberg.org's unless told
          import gerrit PROJECT --api URL       a project of a Gerrit server, as it shows it to everybody
          import pypi|npm|crates FILE…          packages as their registry serves them (JSON, lists, lines)
          import osv FILE…                      security advisories with credits, OSV's format or GitHub's
          import attested|open-badge FILE… --organisations FILE
                                                activities and Open Badges 3.0, signed by organisations the file lists
          import … --dry-run                    what such an import would find; writes nothing, opens no database
          quarantine list                       the records that imports had to put aside, where they are and why
          quarantine replay gharchive FILE…|…   reads what was put aside of these sources again, as import does
          rebuild [--briefs]                    compute every profile from the ledger again, or first what it is computed from
          check [--repair]                      recompute every hash of the ledger; put right what follows from the entries
          recover --from DIR|URL                refill a restored database from a copy of the log
          recover --accept-size N               take the database's word for what was shown, the state directory being lost
          keys list                             which keys sign, and what the ledger says of keys
          keys rotate ledger|credentials|badges|proofs
                                                a new key signs; the old one ends when what it signed has ended
          keys retire USE --key NAME [--compromised]
                                                an old key ends, at once when it is compromised
          credentials list --handle HANDLE      what was issued to somebody and has not ended
          credentials revoke|suspend|reinstate ID
                                                take a credential back, for good or for a while; publishes the status lists
          credentials renew                     issue profiles anew whose credentials end soon; the service does it by itself
          database [--] PROGRAM [ARG…]          psql, pg_dump and the like on the private PostgreSQL, as its owner
          erase --account PLATFORM/ID [--dry-run]
                                                forget an account that nobody claimed, as its person asks
          apikey create --scope SCOPE [--name TEXT]
                                                a key for a program: maintainer, recruiter, subject, ingest, admin
          measure-credentials                   how fast this machine issues and verifies; made-up credentials, no database
          evaluate-model pullreqs FILE          measure the model of merges on labelled pull requests; see evaluate-model --help
          evaluate-model git PATH --cutoff DATE measure what a history foretells of reviewers and maintainers
          evaluate-bots FEATURES LABELS         measure how programs are told from people; see evaluate-bots --help

        --state is $STANDING_STATE or ./.standing; without --database (or $STANDING_DATABASE) a private PostgreSQL runs there.
        --policy names the witnesses that must cosign a checkpoint before it is shown, --witness-of the logs whose
        checkpoints this service cosigns (C2SP tlog-policy files; $STANDING_POLICY, $STANDING_WITNESS_OF). Files of secrets have
        one a line and are readable by their owner alone ($STANDING_GITHUB_SECRET).

        """

    static let options = Options(
        valued: [
            "--state", "--database", "--public-url", "--forge", "--listen", "--api", "--token-file", "--organisations",
            "--github-secret",
            "--packages", "--sources", "--scope",
            "--name", "--handle", "--from", "--accept-size", "--key", "--account", "--policy", "--witness-of",
        ],
        flags: ["--json", "--help", "--repair", "--briefs", "--compromised", "--dry-run"],
        general: ["--state", "--database", "--public-url", "--forge", "--policy", "--witness-of", "--json"])

    static func main() async {
        do {
            if CommandLine.arguments.dropFirst().first == "evaluate-model" {
                try EvaluateModel.run(CommandLine.arguments.dropFirst(2))
                leave(0)
            }
            if CommandLine.arguments.dropFirst().first == "evaluate-bots" {
                try EvaluateBots.run(CommandLine.arguments.dropFirst(2))
                exit(0)
            }
            let arguments = try Arguments(CommandLine.arguments.dropFirst(), options: self.options)
            if arguments.has("--help") {
                print(self.usage, terminator: "")
                leave(0)
            }
            leave(try await self.run(arguments) ? 0 : 1)
        } catch let error as UsageError {
            complain("\(error.reason)\n\n\(self.usage)")
            leave(2)
        } catch {
            complain("\(error)")
            leave(1)
        }
    }

    /// Carries the command out; false when it was done and found something wrong.
    private static func run(_ arguments: Arguments) async throws -> Bool {
        switch (arguments.words.first, Array(arguments.words.dropFirst())) {
        case ("serve", []): try await Serve.run(arguments)
        case ("migrate", []): try await Operate.migrate(arguments)
        case ("import", let words): try await ImportCommand.run(words, arguments)
        case ("quarantine", let words): try await QuarantineCommand.run(words, arguments)
        case ("rebuild", []): try await Operate.rebuild(arguments)
        case ("check", []): try await Operate.check(arguments)
        case ("recover", []): try await RecoverCommand.run(arguments)
        case ("keys", let words): try await KeysCommand.run(words, arguments)
        case ("measure-credentials", []): try await MeasureCredentials.run(arguments)
        case ("credentials", let words): try await CredentialsCommand.run(words, arguments)
        case ("database", let words): try await DatabaseCommand.run(words, arguments)
        case ("erase", []): try await EraseCommand.run(arguments)
        case ("apikey", ["create"]): try await Operate.createKey(arguments)
        case ("evaluate-bots", _):
            throw UsageError(reason: "evaluate-bots comes first: it reads files, and needs neither state nor database")
        case ("evaluate-model", _):
            throw UsageError(reason: "evaluate-model comes first: it reads files, and needs neither state nor database")
        case (nil, _): throw UsageError(reason: "no command given")
        case (let command?, let rest):
            throw UsageError(reason: "unknown command: \(([command] + rest).joined(separator: " "))")
        }
    }
}

/// Writes a message for a person to standard error.
func complain(_ message: String) {
    FileHandle.standardError.write(Data("standingd: \(message)\n".utf8))
}
