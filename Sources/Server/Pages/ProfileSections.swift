import API
import Reputation

/// Where the work was done, as a table with the share drawn beside its number.
func domainsSection(_ profile: ProfileDocument) -> Markup {
    section(
        "domains", "Domains",
        intro: "Where the counted work was done: depth by family of projects, the largest share first."
    ) {
        if profile.domains.isEmpty {
            tag(.p, text: "No counted work to place yet.")
        } else {
            tag(.table, .class("stack")) {
                tag(.caption, .class("hidden"), text: "Domains by share of the counted work")
                headings(["Domain", "Share", "Units", "Active", "Other people", "Facets"])
                tag(.tbody) { profile.domains.map { domainRow($0, handle: profile.handle) } }
            }
        }
    }
}

/// The heads of a table's columns.
func headings(_ names: [String]) -> Markup {
    tag(.thead) { tag(.tr) { for name in names { tag(.th, Attribute(.scope, "col"), text: name) } } }
}

/// A cell that names its column where a narrow screen shows no heads.
func labelled(_ column: String, _ text: String) -> Markup { labelled(column) { text } }

/// The same around markup.
func labelled(_ column: String, @MarkupBuilder content: () -> Markup) -> Markup {
    tag(.td, Attribute(.dataLabel, column)) { tag(.div) { content() } }
}

/// A share of a thousand, drawn beside its number.
func shareBar(_ perMille: Int64) -> Markup {
    tag(.div, .class("share")) {
        tag(.svg, Attribute(.viewBox, "0 0 100 8"), Attribute(.ariaHidden, "true")) {
            tag(.rect, .class("track"), Attribute(.width, 100), Attribute(.height, 8))
            tag(.rect, .class("fill"), Attribute(.width, min(max(perMille, 0), 1_000) / 10), Attribute(.height, 8))
        }
        tag(.span, text: perMille < 10 ? "under 1 %" : percent(perMille))
    }
}

private func domainRow(_ domain: ProfileDocument.Domain, handle: String) -> Markup {
    let facts = Reference(
        path: "p", handle, "evidence", query: [("domain", "\(domain.platform)/\(domain.name)")])
    return tag(.tr) {
        tag(.th, Attribute(.scope, "row")) {
            tag(.bdi, text: domain.name)
            tag(.small, text: " \(platformName(domain.platform))")
        }
        labelled("Share") { shareBar(domain.share) }
        labelled("Units") {
            tag(
                .a, .href(facts), Attribute(.ariaLabel, "\(grouped(domain.n)) in \(domain.name)"),
                text: grouped(domain.n))
        }
        labelled(
            "Active",
            "\(counted(domain.activeQuarters, "quarter", "quarters")), \(yearRange(domain.first, domain.last))"
        )
        labelled("Other people", grouped(domain.counterparties))
        labelled("Facets", domain.facets.map { FacetWords(facet: $0).title.lowercased() }.joined(separator: ", "))
    }
}

/// How a reader checks the page without trusting it, and what the check proves.
func verifySection(_ profile: ProfileDocument, signedUntil: Instant?, baseURL: String) -> Markup {
    let bundle = Reference(path: "p", profile.handle, "bundle")
    let file = "\(percentEncoded(profile.handle)).standing.json"
    return section("verify", "Check it yourself", intro: "") {
        tag(.div, .class("columns")) {
            tag(.div) {
                if signedUntil == nil {
                    tag(
                        .p,
                        text:
                            "There is no valid signed profile to download now. The keys and the ledger are here all the same."
                    )
                }
                tag(.ol, .class("steps")) {
                    tag(.li) {
                        tag(.a, .class("button"), .href(bundle), text: "Download the signed profile")
                        tag(
                            .p,
                            text: "The profile, the facts it names and the proof of each, in one file.")
                    }
                    tag(.li) {
                        tag(.p, text: "Check it on your own machine; after the download, no network is needed.")
                        command(
                            "curl -sSo \(file) \\\n  '\(bundle.absolute(at: baseURL).text)'\nstanding verify \(file)")
                    }
                    tag(.li) {
                        tag(.p) {
                            "Or check with other people’s tools: the "
                            tag(.a, .href(Reference(path: ".well-known", "jwks.json")), text: "issuer’s keys")
                            ", the "
                            tag(.a, .href(Reference(path: "evidence", "checkpoint")), text: "ledger’s checkpoint")
                            " and the "
                            tag(.a, .href(Reference(path: "v1", "ledger", "vkey")), text: "key that signs it")
                            "."
                        }
                    }
                }
            }
            meaning
        }
        digests(profile)
    }
}

/// A command to copy; scrolls on its own where it is wider than the screen.
func command(_ text: String) -> Markup {
    tag(.pre, Attribute(.tabindex, 0)) { tag(.code, text: text) }
}

private let meaning = tag(.div, .class("meaning-box")) {
    tag(.h3, text: "What this proves")
    tag(.ul, .class("proves")) {
        tag(.li, text: "This service observed these facts by the day of reading.")
        tag(.li, text: "The accounts shown were proved to be under this person’s control.")
        tag(.li, text: "What the ledger committed to by then was not changed since: it only grows.")
    }
    tag(.h3, text: "What it does not prove")
    tag(.ul, .class("proves not")) {
        tag(.li, text: "That the person is good, or better than somebody else.")
        tag(.li, text: "That nothing else was done: work the sources did not show is not here.")
        tag(.li, text: "Anything about a facet marked “not enough evidence”.")
    }
}

private func digests(_ profile: ProfileDocument) -> Markup {
    tag(.details, .class("wide")) {
        tag(.summary, text: "Which ledger and which model, exactly")
        tag(.dl, .class("digests")) {
            tag(.dt, text: "Ledger")
            tag(.dd) { tag(.code, Attribute(.dataClaim, "ledger/origin"), text: profile.ledger.origin) }
            tag(.dt, text: "Size")
            tag(.dd, text: counted(profile.ledger.size, "entry", "entries"))
            tag(.dt, text: "Root")
            tag(.dd) { tag(.code, Attribute(.dataClaim, "ledger/root"), text: profile.ledger.root) }
            tag(.dt, text: "Model")
            tag(.dd) {
                tag(.a, .href(Reference(path: "v1", "models", "\(profile.model.id)-\(profile.model.version)"))) {
                    "\(profile.model.id) \(profile.model.version)"
                }
            }
            tag(.dt, text: "Digest of its weights")
            tag(.dd) { tag(.code, Attribute(.dataClaim, "model/digest"), text: profile.model.digest) }
        }
    }
}

/// What was read, and what was not.
func coverageSection(_ profile: ProfileDocument) -> Markup {
    section("coverage", "Coverage", intro: "What was read to make this. What lies outside is unknown, not absent.") {
        if profile.coverage.isEmpty {
            tag(.p, text: "No source has been read for this profile yet.")
        } else {
            tag(.table, .class("stack")) {
                tag(.caption, .class("hidden"), text: "Sources read")
                headings(["Source", "From", "To", "Records", "Read"])
                tag(.tbody) {
                    for item in profile.coverage {
                        tag(.tr) {
                            tag(.th, Attribute(.scope, "row"), text: item.source)
                            labelled("From", item.from)
                            labelled("To", item.to)
                            labelled("Records", grouped(item.n))
                            labelled("Read", item.complete ? "in full" : "cut short: more exists than was read")
                        }
                    }
                }
            }
        }
    }
}
