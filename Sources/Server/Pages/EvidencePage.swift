import API

/// One screen of the facts of a profile, and where the next begins.
struct EvidenceListing {
    var handle: String
    /// In the order of the ledger, newest first.
    var rows: [ProfileEvidence]
    /// What became of each.
    var verdicts = Verdicts.known([:])
    /// What narrows the list, in words; nil for everything.
    var narrowed: String?
    /// The facts after these.
    var next: Reference?
    /// The same facts as JSON.
    var alternate: Reference
}

/// The page of all facts of a profile, `/p/<handle>/evidence`: what a number on the profile opens to.
func evidencePage(_ listing: EvidenceListing) -> String {
    let head = PageHead(
        title: "Evidence of \(listing.handle) · Standing",
        description: "The facts behind the profile of \(listing.handle), each with its proof.",
        alternate: listing.alternate)
    return page(head) {
        tag(.section, .class("hero")) {
            tag(.p, .class("eyebrow")) {
                tag(.a, .href(Reference(path: "p", listing.handle))) {
                    "← Profile of "
                    tag(.bdi, text: listing.handle)
                }
            }
            tag(.h1, text: "Evidence")
            tag(.p, .class("lede")) {
                if let narrowed = listing.narrowed { "\(narrowed). " }
                """
                Each row is one observed fact, whether it counts or not, newest in the ledger first. The first link leads to \
                what it is about, the others to its entry in the ledger and the proof of that. What it counts is in units: a \
                reviewed change that others merged is one.
                """
            }
            if let sentence = listing.verdicts.sentence { tag(.p, .class("all"), text: sentence) }
            if listing.narrowed != nil {
                tag(.p, .class("all")) {
                    tag(.a, .href(Reference(path: "p", listing.handle, "evidence")), text: "All facts")
                }
            }
        }
        tag(.section, Attribute(.ariaLabel, "Facts")) {
            if listing.rows.isEmpty {
                tag(.p, text: "There are no facts here. That nothing was seen does not say that nothing was done.")
            } else {
                evidenceTable(listing)
            }
            tag(.p, .class("pager")) {
                if let next = listing.next { tag(.a, .class("button"), .href(next), text: "Earlier entries") }
                " "
                tag(.a, .href(listing.alternate), text: "The same as JSON")
            }
        }
    }
}

private func evidenceTable(_ listing: EvidenceListing) -> Markup {
    tag(.table, .class("evidence")) {
        tag(.caption, .class("hidden"), text: "Facts, where each can be looked at, and where it stands in the ledger")
        tag(.thead) {
            tag(.tr) {
                for name in ["Day", "Fact", "Project", "Numbers", "Counts", "Notes", "Seen in", "Ledger"] {
                    tag(.th, Attribute(.scope, "col"), text: name)
                }
            }
        }
        tag(.tbody) { listing.rows.map { evidenceRow($0, listing.verdicts) } }
    }
}

private func evidenceRow(_ row: ProfileEvidence, _ verdicts: Verdicts) -> Markup {
    let cells = [
        tag(.td) { tag(.time, Attribute(.datetime, row.occurredAt), text: String(row.occurredAt.prefix(10))) },
        tag(.td) { factLink(row) },
        tag(.td) {
            tag(.bdi, text: row.project.name)
            " "
            tag(.small, text: platformName(row.project.platform))
        },
        tag(.td, text: numbers(row)),
        tag(.td) { verdicts.cell(row.index) },
        tag(.td, text: row.flags.sorted().map(reason).joined(separator: "; ")),
        tag(.td) {
            sourceStrength(row.source.class)
            " "
            tag(.small) { tag(.bdi, text: row.source.locator) }
        },
        tag(.td) { ledgerLinks(row) },
    ]
    return .element(.tr, row.index.map { [.id("e\($0)")] } ?? [], cells)
}
