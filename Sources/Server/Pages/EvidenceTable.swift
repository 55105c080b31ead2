import API

/// The rows behind the numbers, each with a link to what it is about and to its entry in the ledger.
func evidenceSection(_ profile: ProfileDocument, evidence: [ProfileEvidence]) -> Markup {
    section("evidence", "Evidence", intro: "") {
        tag(.p, .class("intro")) {
            evidence.isEmpty
                ? "This profile lists no single facts. "
                : "\(counted(Int64(evidence.count), "fact", "facts")), newest first. "
            tag(.a, .href(Reference(path: "v1", "profiles", profile.handle, "evidence")), text: "All of it, as JSON")
        }
        if !evidence.isEmpty { evidenceTable(evidence) }
    }
}

private func evidenceTable(_ evidence: [ProfileEvidence]) -> Markup {
    tag(.table, .class("evidence")) {
        tag(.caption, .class("hidden"), text: "Facts, where each can be looked at, and where it stands in the ledger")
        tag(.thead) {
            tag(.tr) {
                for name in ["Day", "Fact", "Project", "Numbers", "Counts", "Seen in", "Ledger"] {
                    tag(.th, Attribute(.scope, "col"), text: name)
                }
            }
        }
        tag(.tbody) { evidence.map(evidenceRow) }
    }
}

private func evidenceRow(_ row: ProfileEvidence) -> Markup {
    let cells = [
        tag(.td) { tag(.time, Attribute(.datetime, row.occurredAt), text: String(row.occurredAt.prefix(10))) },
        tag(.td) { factLink(row) },
        tag(.td) {
            tag(.bdi, text: row.project.name)
            " "
            tag(.small, text: platformName(row.project.platform))
        },
        tag(.td) { numbers(row) },
        tag(.td) { counts(row) },
        tag(.td) {
            sourceStrength(row.source.class)
            " "
            tag(.small) { tag(.bdi, text: row.source.locator) }
        },
        tag(.td) { ledgerLink(row) },
    ]
    return .element(.tr, row.index.map { [.id("e\($0)")] } ?? [], cells)
}

/// The kind of fact, linked to its object where that is a web address, and how it ended unless the kind says so.
private func factLink(_ row: ProfileEvidence) -> Markup {
    let name = kindName(row.type)
    let object = row.objectURL.flatMap(Reference.init(web:))
    let link = object.map { tag(.a, .href($0), Attribute(.rel, "nofollow noopener"), text: name) }
    let outcome = row.outcome.map(plain) ?? ""
    let isSaid = name.lowercased().hasSuffix(outcome.lowercased())
    return .group([link ?? .text(name), isSaid ? .group([]) : tag(.small, text: " \(outcome)")])
}

private func numbers(_ row: ProfileEvidence) -> Markup {
    let shown = row.measures.sorted { $0.key < $1.key }.map { measure($0.key, $0.value) }
    return .text(shown.isEmpty ? "–" : shown.joined(separator: ", "))
}

private func counts(_ row: ProfileEvidence) -> Markup {
    .group([
        tag(.span, .class(row.counted ? "yes" : "no"), text: row.counted ? "counted" : "not counted"),
        row.flags.isEmpty
            ? .group([]) : tag(.small, text: " " + row.flags.sorted().map(reason).joined(separator: "; ")),
    ])
}

private func ledgerLink(_ row: ProfileEvidence) -> Markup {
    guard let index = row.index else { return .text("not sequenced yet") }
    return tag(
        .a, .href(Reference(path: "v1", "ledger", "entries", String(index))), Attribute(.title, row.commitment),
        text: "#\(index)")
}
