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
        }
        journeys(at: baseURL)
        promises
        ledgerSection(ledger)
    }
}

private func journeys(at baseURL: String) -> Markup {
    let commands = Commands(baseURL: baseURL)
    return section(
        "start", "Start here",
        intro: "Three readers, three first commands. What stands in capitals is yours to fill in."
    ) {
        tag(.div) {
            journey(
                "You did the work",
                "Prove an account with the SSH key your forge already lists, see what the ledger holds, and publish what you choose."
            ) {
                command(commands.challenge)
                command(commands.prove)
                command(commands.publish)
            }
            journey(
                "You are hiring",
                "With a key and the developer’s consent, search those who chose to be found, or open a grant they sent you. They see that you looked."
            ) {
                command(commands.search)
                command(commands.grant)
            }
            journey(
                "You maintain a project",
                "Before you review a stranger’s change: what they did elsewhere, in one screen, with a reason for each line. Advice, never a verdict."
            ) {
                command(commands.check)
                command(commands.evaluate)
            }
        }
    }
}

private func journey(_ title: String, _ words: String, @MarkupBuilder commands: () -> Markup) -> Markup {
    tag(.article, .class("journey")) {
        tag(.div) {
            tag(.h3, text: title)
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
    section("ledger", "Audit it", intro: "") {
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
        tag(.p) {
            tag(.a, .href(Reference(path: "evidence", "checkpoint")), text: "Signed checkpoint")
            " · "
            tag(.a, .href(Reference(path: "v1", "ledger", "vkey")), text: "Key that signs it")
            " · "
            tag(.a, .href(Reference(path: ".well-known", "jwks.json")), text: "Issuer’s keys")
            " · "
            tag(.a, .href(Reference(path: "v1", "models", "standing-1")), text: "Model and its weights")
            " · "
            tag(.a, .href(Reference(path: "openapi.yaml")), text: "The API as OpenAPI 3.1")
        }
    }
}
