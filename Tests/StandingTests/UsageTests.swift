import Testing

struct UsageTests {
    @Test func `help and version go to standard output`() async throws {
        let help = try await Program.run("--help")
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("usage: standing"))
        let version = try await Program.run("--version")
        #expect(version.status == 0)
        #expect(version.output.hasPrefix("standing "))
        #expect(version.messages.isEmpty)
    }

    @Test(arguments: [
        ([], "no command given"),
        (["dance"], "unknown command: dance"),
        (["check"], "check takes one account, PLATFORM/LOGIN"),
        (["check", "mira"], "mira is no account: write PLATFORM/LOGIN, such as github/mira"),
        (["check", "github/"], "github/ is no account: write PLATFORM/LOGIN, such as github/mira"),
        (["check", "github/mira", "--lines", "many"], "--lines takes a whole number from 0 to 1000000000, not many"),
        (["check", "github/mira", "--assistance", "some"], "--assistance takes disclosed or none"),
        (["check", "github/mira", "--handle", "mira"], "--handle means nothing to this command"),
        (["check", "github/mira", "--server", "standing.example"], "standing.example is not the address of a service"),
        (["check", "github/mira", "--server", "ftp://standing.example"], "is not the address of a service"),
        (["verify"], "verify takes one FILE, URL or -"),
        (["verify", "a", "b"], "verify takes one FILE, URL or -"),
        (["verify", "http://"], "http:// is no address of the web"),
        (["claim", "github/mira"], "claim needs --handle HANDLE"),
        (["claim", "github/mira", "--handle", "mira", "--ssh-key", "/no/such/key"], "there is no key /no/such/key"),
        (["monitor"], "monitor takes one URL"),
        (["monitor", "http://127.0.0.1:9"], "monitor needs --state FILE"),
        (["monitor", "ftp://a.example", "--state", "s"], "ftp://a.example is not the address of a service"),
        (["monitor", "http://127.0.0.1:9", "--state", "s", "--mirror", "http://"], "http:// is not the address"),
        (["monitor", "http://127.0.0.1:9", "--state", "s", "--key", "k"], "k is no verifier key of a log"),
        (["monitor", "http://127.0.0.1:9", "--state", "s", "--every", "0"], "--every takes a whole number from 1"),
        (["monitor", "http://127.0.0.1:9", "--state", "s", "--every", "5", "--once"], "exclude each other"),
        (["grant", "--session", "ses_x"], "grant needs --audience TEXT"),
        (["grant", "--audience", "Northwind"], "grant needs --session TOKEN or $STANDING_SESSION"),
        (
            ["grant", "--audience", "Northwind", "--session", "ses_x", "--days", "0"],
            "--days takes a whole number from 1"
        ),
    ])
    func `a command line that means nothing ends with 2 and says why`(words: [String], reason: String) async throws {
        let outcome = try await Program.run(words)
        #expect(outcome.status == 2)
        #expect(outcome.messages.contains("standing: ") && outcome.messages.contains(reason))
        #expect(outcome.messages.contains("usage: standing"))
        #expect(outcome.output.isEmpty)
    }
}
