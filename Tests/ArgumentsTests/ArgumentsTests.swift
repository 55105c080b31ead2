import Arguments
import Testing

struct ArgumentsTests {
    private func read(_ arguments: String...) throws(UsageError) -> Arguments {
        try Arguments(
            arguments,
            options: Options(
                valued: ["--server", "--lines"], flags: ["--json", "--help"], general: ["--server", "--json"]))
    }

    @Test func `options stand anywhere among the words`() throws {
        let arguments = try read("--json", "check", "--server", "http://a", "github/mira", "--lines=12")
        #expect(arguments.words == ["check", "github/mira"])
        #expect(arguments.has("--json"))
        #expect(!arguments.has("--help"))
        #expect(try arguments.value("--server") == "http://a")
        #expect(try arguments.number("--lines", in: 0...20) == 12)
    }

    @Test func `two dashes end the options`() throws {
        let arguments = try read("verify", "--", "--json", "-x")
        #expect(arguments.words == ["verify", "--json", "-x"])
        #expect(!arguments.has("--json"))
    }

    @Test func `one dash is a word`() throws {
        #expect(try read("verify", "-").words == ["verify", "-"])
    }

    @Test(arguments: [
        (["--colour"], "unknown option --colour"), (["-v"], "unknown option -v"),
        (["--json=yes"], "unknown option --json=yes"),
        (["--server"], "--server needs a value"), (["--server="], "--server needs a value"),
        (["--server", "--json"], "--server needs a value"),
    ])
    func `what is no option is refused by name`(words: [String], reason: String) {
        #expect(throws: UsageError(reason: reason)) {
            try Arguments(words, options: Options(valued: ["--server"], flags: ["--json"], general: []))
        }
    }

    @Test func `a value may begin with a dash behind an equals sign`() throws {
        #expect(try read("--server=-x=y").value("--server") == "-x=y")
    }

    @Test func `an option for one value is refused twice`() throws {
        let arguments = try read("--server", "a", "--server", "b")
        #expect(arguments.all("--server") == ["a", "b"])
        #expect(throws: UsageError(reason: "--server is given twice")) { try arguments.value("--server") }
    }

    @Test(arguments: ["x", "1.5", "-1", "21", "9223372036854775808"])
    func `a number is whole and in its range`(text: String) throws {
        let arguments = try read("--lines=\(text)")
        #expect(throws: UsageError(reason: "--lines takes a whole number from 0 to 20, not \(text)")) {
            try arguments.number("--lines", in: 0...20)
        }
    }

    @Test func `a command refuses options that mean nothing to it`() throws {
        let arguments = try read("verify", "--json", "--lines", "3")
        try arguments.allow(["--lines"])
        #expect(throws: UsageError(reason: "--lines means nothing to this command")) { try arguments.allow([]) }
    }
}
