import API

/// Facts one under the other: what, where and when, each with its object, its entry in the ledger and the proof of that.
func factList(_ rows: [ProfileEvidence]) -> Markup {
    tag(.ul, .class("fact-list")) { rows.map(factItem) }
}

private func factItem(_ row: ProfileEvidence) -> Markup {
    tag(.li, Attribute(.dataCommitment, row.commitment), Attribute(.dataKind, row.type)) {
        tag(.p) {
            factLink(row)
            " in "
            tag(.bdi, Attribute(.dataFact, "project"), text: row.project.name)
            " "
            tag(.small, text: platformName(row.project.platform))
        }
        tag(.p, .class("where")) {
            tag(.time, Attribute(.datetime, row.occurredAt), text: String(row.occurredAt.prefix(10)))
            if !row.measures.isEmpty { " · \(numbers(row))" }
            " · \(sourceStrength(row.source.class)) · "
            ledgerLinks(row)
        }
    }
}

/// The kind of fact, linked to its object where that is a web address, and how it ended unless the kind says so.
func factLink(_ row: ProfileEvidence) -> Markup {
    let name = kindName(row.type)
    let link = row.objectURL.flatMap(Reference.init(web:)).map {
        tag(.a, .href($0), Attribute(.rel, "nofollow noopener"), Attribute(.dataFact, "object"), text: name)
    }
    let outcome = row.outcome.map(plain) ?? ""
    let isSaid = outcome.isEmpty || name.lowercased().hasSuffix(outcome.lowercased())
    return .group([link ?? .text(name), isSaid ? .group([]) : tag(.small, text: " \(outcome)")])
}

/// The raw numbers of a fact in words, or a dash where it has none.
func numbers(_ row: ProfileEvidence) -> String {
    let shown = row.measures.sorted { $0.key < $1.key }.map { measure($0.key, $0.value) }
    return shown.isEmpty ? "–" : shown.joined(separator: ", ")
}

/// The entry that commits to a fact, and the file that proves it is in the ledger.
func ledgerLinks(_ row: ProfileEvidence) -> Markup {
    guard let index = row.index else { return .text("not sequenced yet") }
    return ledgerLinks(index, commitment: row.commitment)
}

/// The same for the entry at `index`.
func ledgerLinks(_ index: Int64, commitment: String? = nil) -> Markup {
    let about = commitment.map { [Attribute(.title, $0)] } ?? []
    let entry = Reference(path: "v1", "ledger", "entries", String(index))
    let proof = Reference(path: "v1", "ledger", "entries", "\(index).tlog-proof")
    return .group([
        .element(.a, [.href(entry)] + about, [.text("entry #\(index)")]), .text(" · "),
        tag(.a, .href(proof), Attribute(.ariaLabel, "proof of entry #\(index)"), text: "proof"),
    ])
}
