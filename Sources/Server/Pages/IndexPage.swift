import API

/// The front page: what Standing is, and what each of its readers does first.
///
/// `ledger` is the latest checkpoint, nil while nothing is sequenced; `baseURL` is this site, for the commands.
func indexPage(ledger: ProfileDocument.Ledger?, baseURL: String) -> String {
    let head = PageHead(
        title: "Standing · a developer reputation ledger",
        description: "Years of reviews, triage, accepted changes and maintained packages, as facts with their proof.",
        address: Reference(path: "").absolute(at: baseURL))
    return page(head) {
        tag(.section, .class("hero")) {
            tag(.h1, text: "Years of work, with the proof attached")
            tag(.p, .class("lede")) {
                """
                Standing gathers what other people confirmed: reviews that changed code, triage that held, packages \
                that others rely on. It keeps each fact in an append-only ledger and turns them into signed profiles \
                that anyone can verify without asking us.
                """
            }
            tag(.ul, .class("ways"), Attribute(.ariaLabel, "Where to begin")) {
                for journey in ["developer", "recruiter", "maintainer", "verifier"] {
                    tag(.li) { tag(.a, .href(Reference(fragment: journey)), text: Journey.titles[journey] ?? journey) }
                }
            }
        }
        reading
        journeys(at: baseURL)
        promises
        ledgerSection(ledger)
    }
}

/// How a facet is read, on one that nobody has.
private let reading = section(
    "reading", "How a profile is read",
    intro: "Not a score: a few facets, each with what is known and how well. This one is an example."
) {
    tag(.div, .class("reading-example")) {
        tag(.div, .class("card")) {
            tag(.h3, text: "Reviewing")
            tag(.p, .class("meaning"), text: FacetWords(facet: "reviewing").meaning)
            tag(.p, .class("count")) {
                tag(.strong, text: "214")
                " "
                tag(.span, text: "reviews")
            }
            levelExample(level: 72, interval: .init(low: 64, high: 79))
        }
        tag(.ol, .class("notes")) {
            note(
                "A count", "214 other people’s changes were reviewed. It opens to those reviews, and each to its proof."
            )
            note(
                "A level with its interval",
                "72 of 100, and with 90 % probability between 64 and 79. Few facts make a wide band; 1 of 1 is never 100 %."
            )
            note(
                "Or that too little is known",
                "Then there is no level at all: “not enough evidence” is a state of its own, and never a low one.")
            note("What does not count", "Own projects, self-merged changes and bots are shown apart, with the reason.")
        }
    }
}

private func note(_ title: String, _ words: String) -> Markup {
    tag(.li) {
        tag(.strong, text: title)
        words
    }
}

/// The four readers, each with what they do first.
private enum Journey {
    static let titles = [
        "developer": "You did the work", "recruiter": "You are hiring", "maintainer": "You maintain a project",
        "verifier": "You believe nobody",
    ]
}

private func journeys(at baseURL: String) -> Markup {
    let commands = Commands(baseURL: baseURL)
    return section(
        "start", "Start here",
        intro: "Four readers, and what each does first. What stands in capitals is yours to fill in."
    ) {
        tag(.div) {
            journey(
                "developer",
                """
                Prove an account with an SSH key that your forge already lists, see what the ledger holds, and publish what \
                you choose. You get a link, a badge and a signed file.
                """
            ) {
                tag(.p, text: "One command signs the challenge with your key and publishes:")
                command(commands.claim)
                tag(.details) {
                    tag(.summary, text: "The same by hand, with curl, jq and ssh-keygen")
                    command(commands.challenge)
                    command(commands.prove)
                    command(commands.publish)
                }
                tag(
                    .p, .class("go"),
                    text: "Then send the link to one reader, for a time, and take it back when you like:")
                command(commands.share)
            }
            journey(
                "recruiter",
                """
                Open the page somebody sent you: numbers first, the facts behind each a click away, and a button that checks \
                them in your browser. With a key, search those who chose to be found. They see that you looked.
                """
            ) {
                tag(.p, text: "Open a grant that a developer made for you:")
                command(commands.grant)
                tag(.p, text: "Search among those who chose to be found:")
                command(commands.search)
            }
            journey(
                "maintainer",
                """
                Before you review a stranger’s change: what they did elsewhere, in one screen, with a reason for each line. \
                Advice, never a verdict; somebody new is never called bad.
                """
            ) {
                tag(.p, text: "At the terminal:")
                command(commands.check)
                tag(.p, text: "From a bot or a workflow:")
                command(commands.evaluate)
            }
            journey(
                "verifier",
                """
                Every profile is a file that verifies without us and without a network; the ledger under it is public and \
                only grows. Other people’s tools read both.
                """
            ) {
                tag(.p, text: "Check somebody’s profile, step by step:")
                command(commands.verify)
                tag(.p, text: "Follow the whole ledger, and hear when it breaks a promise:")
                command(commands.monitor)
            }
        }
    }
}

private func journey(_ id: String, _ words: String, @MarkupBuilder commands: () -> Markup) -> Markup {
    tag(.article, .id(id), .class("journey"), Attribute(.ariaLabelledBy, "\(id)-title")) {
        tag(.div) {
            tag(.h3, .id("\(id)-title"), text: Journey.titles[id] ?? id)
            tag(.p, text: words)
        }
        tag(.div) { commands() }
    }
}

/// What the front page tells a newcomer to run. Capitals are theirs to replace.
private struct Commands {
    let baseURL: String
    /// The host alone, which is part of the signature's namespace.
    var host: String { self.baseURL.split(separator: "/").dropFirst().first.map(String.init) ?? self.baseURL }

    var claim: String {
        "standing --server \(self.baseURL) claim github/YOUR-LOGIN --handle YOUR-HANDLE"
    }
    var share: String { "standing --server \(self.baseURL) grant --audience 'WHO READS IT' --days 30" }
    var verify: String {
        """
        curl -sSo HANDLE.standing.json \(self.baseURL)/p/HANDLE/bundle
        standing verify HANDLE.standing.json
        """
    }
    var monitor: String { "standing monitor \(self.baseURL) --state ledger.json" }
    var challenge: String {
        """
        curl -sS \(self.baseURL)/v1/challenges \\
          -H 'Content-Type: application/json' \\
          -d '{"platform":"github","login":"YOUR-LOGIN"}' > challenge.json
        jq -j .text challenge.json > challenge.txt
        ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n identity@\(self.host) challenge.txt
        """
    }
    var prove: String {
        """
        jq -Rs '{signature: .}' challenge.txt.sig |
          curl -sS "$(jq -r .proof challenge.json)" \\
            -H 'Content-Type: application/json' -d @- | tee session.json
        """
    }
    var publish: String {
        """
        curl -sS \(self.baseURL)/v1/me/publish \\
          -H "Authorization: Bearer $(jq -r .session session.json)" \\
          -H 'Content-Type: application/json' -d '{"handle":"YOUR-HANDLE"}'
        """
    }
    var search: String {
        """
        curl -sS -H "Authorization: Bearer $STANDING_KEY" \\
          '\(self.baseURL)/v1/search?facet=reviewing&min_quarters=12'
        """
    }
    var grant: String { "curl -sS \(self.baseURL)/v1/grants/TOKEN" }
    var check: String { "standing --server \(self.baseURL) check github/LOGIN --repository OWNER/NAME" }
    var evaluate: String {
        """
        curl -sS \(self.baseURL)/v1/evaluate \\
          -H 'Content-Type: application/json' \\
          -d '{"account":{"platform":"github","login":"LOGIN"}}'
        """
    }
}

private let promises = section("promises", "What to expect of it", intro: "") {
    tag(.div, .class("columns")) {
        tag(.ul, .class("proves")) {
            tag(.li, text: "Every number opens to its evidence, with a count and an interval.")
            tag(.li, text: "Unknown is its own state. It is never shown as low.")
            tag(.li, text: "Work nobody independent took part in is recorded, and counts for nothing.")
            tag(.li, text: "You publish, scope, revoke, dispute and erase. You see who looked.")
        }
        tag(.ul, .class("proves not")) {
            tag(.li, text: "No single score, no ranking of people, no stars and no followers.")
            tag(.li, text: "Nothing is listed about somebody who did not ask for it.")
            tag(.li, text: "No refusal by machine: policies give advice, a person decides.")
            tag(.li, text: "No claim to detect bad people or generated text.")
        }
    }
}

private func ledgerSection(_ ledger: ProfileDocument.Ledger?) -> Markup {
    section("ledger", "Audit it", intro: "Nothing here asks to be believed.") {
        if let ledger {
            tag(.p) {
                "The ledger "
                tag(.code, text: ledger.origin)
                " holds \(counted(ledger.size, "entry", "entries")). "
            }
            tag(.dl, .class("digests")) {
                tag(.dt, text: "Root")
                tag(.dd) { tag(.code, text: ledger.root) }
            }
        } else {
            tag(.p, text: "The ledger is empty: nothing has been sequenced yet.")
        }
        tag(.ul, .class("audit")) {
            for (name, address) in [
                ("Signed checkpoint", Reference(path: "evidence", "checkpoint")),
                ("Key that signs it", Reference(path: "v1", "ledger", "vkey")),
                ("Witnesses it asks", Reference(path: ".well-known", "ledger-policy")),
                ("Issuer’s keys", Reference(path: ".well-known", "jwks.json")),
                ("Model and its weights", Reference(path: "v1", "models", "standing-1")),
                ("The API as OpenAPI 3.1", Reference(path: "openapi.yaml")),
            ] {
                tag(.li) { tag(.a, .href(address), text: name) }
            }
        }
    }
}
