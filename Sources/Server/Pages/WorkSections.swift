import API
import Reputation
import Store

/// What the reviews came to: how many asked for changes, approved or remarked.
func reviewsSection(_ outcomes: [ReviewOutcome], limit: Int64, handle: String) -> Markup {
    let total = outcomes.reduce(0) { $0 + $1.n }
    guard total > 0 else { return .group([]) }
    return section(
        "reviews", "Reviews and what they did",
        intro: total < limit
            ? "All reviews that were recorded, counted or not."
            : "The newest \(grouped(limit)) reviews that were recorded, counted or not."
    ) {
        tag(.table, .class("stack")) {
            tag(.caption, .class("hidden"), text: "Reviews by how they ended")
            headings(["What came of it", "Reviews", "Of all", "With comments on lines"])
            tag(.tbody) {
                for outcome in outcomes {
                    tag(.tr) {
                        tag(.th, Attribute(.scope, "row"), text: reviewEffect(outcome.outcome))
                        labelled("Reviews", grouped(outcome.n))
                        labelled("Of all") { shareBar(outcome.n * 1_000 / total) }
                        labelled(
                            "With comments on lines",
                            outcome.withInlineComments > 0 ? grouped(outcome.withInlineComments) : "none seen")
                    }
                }
            }
        }
        tag(.p, .class("all")) {
            tag(
                .a, .href(Reference(path: "p", handle, "evidence", query: [("type", "review_given")])),
                text: "Open every review")
        }
    }
}

/// The packages that are kept, and who outside depends on them.
func packagesSection(_ packages: [KeptPackage], handle: String) -> Markup {
    guard !packages.isEmpty else { return .group([]) }
    return section(
        "packages", "Packages",
        intro: "Packages kept, by how many other owners’ packages depend on them directly. An owner counts once."
    ) {
        tag(.table, .class("stack")) {
            tag(.caption, .class("hidden"), text: "Packages by outside dependents")
            headings(["Package", "Outside dependents", "Kept", "Ledger"])
            tag(.tbody) {
                for package in packages {
                    tag(.tr) {
                        tag(.th, Attribute(.scope, "row")) {
                            tag(.bdi, text: package.name)
                            tag(.small, text: " \(platformName(package.platform))")
                        }
                        labelled(
                            "Outside dependents",
                            package.dependents.map { counted($0, "owner", "owners") } ?? "not known")
                        labelled("Kept", "seen \(yearRange("\(package.first.day)", "\(package.last.day)"))")
                        labelled("Ledger") { ledgerLinks(package.index) }
                    }
                }
            }
        }
        tag(.p, .class("all")) {
            tag(
                .a, .href(Reference(path: "p", handle, "evidence", query: [("type", "package_maintained")])),
                text: "Open every fact about packages")
        }
    }
}

/// The badge as it looks, and the text that shows it elsewhere.
func badgeSection(_ profile: ProfileDocument, baseURL: String) -> Markup {
    let page = Reference(path: "p", profile.handle).absolute(at: baseURL).text
    let badge = Reference(path: "p", profile.handle, "badge.svg")
    let alternative = badgeText(profile)
    let image = badge.absolute(at: baseURL).text
    return section("badge", "Show it elsewhere", intro: "A badge states a fact and leads back here.") {
        tag(.p, .class("badge")) { tag(.img, .src(badge), Attribute(.alt, alternative), Attribute(.height, 20)) }
        snippet("badge-markdown", "Markdown", "[![\(alternative)](\(image))](\(page))")
        snippet(
            "badge-html", "HTML",
            tag(.a, .href(Reference(page) ?? Reference(path: ""))) {
                tag(.img, .src(Reference(image) ?? badge), Attribute(.alt, alternative))
            }.rendered)
    }
}

private func snippet(_ id: String, _ name: String, _ text: String) -> Markup {
    tag(.div, .class("snippet")) {
        tag(.p) {
            tag(.span, .id("\(id)-name"), text: name)
            " "
            tag(
                .button, .class("copy"), Attribute(.type, "button"), Attribute(.hidden, ""),
                Attribute(.dataCopies, id), text: "Copy \(name)")
        }
        tag(.pre, Attribute(.tabindex, 0), Attribute(.role, "region"), Attribute(.ariaLabelledBy, "\(id)-name")) {
            tag(.code, .id(id), text: text)
        }
    }
}
