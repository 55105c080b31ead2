import API
import Reputation
import Store

/// What the page of a profile is made from, beside its document.
struct ProfileBacking {
    /// The facts to open the facets to, those that weigh most first.
    var evidence: [ProfileEvidence] = []
    /// How the reviews ended.
    var reviews: [ReviewOutcome] = []
    /// How many of the newest reviews `reviews` covers at most.
    var reviewLimit: Int64 = .max
    /// The packages kept.
    var packages: [KeptPackage] = []
    /// When the signed profile ends; nil when none is valid.
    var signedUntil: Instant?
}

/// The page of a published profile, `/p/<handle>`.
///
/// `baseURL` is this site, `https://standing.example`, for link previews and the commands a reader copies.
func profilePage(_ profile: ProfileDocument, _ backing: ProfileBacking = ProfileBacking(), baseURL: String) -> String {
    let address = Reference(path: "p", profile.handle).absolute(at: baseURL)
    let head = PageHead(
        title: "\(profile.handle) · Standing", description: profile.summary, address: address,
        alternate: Reference(path: "v1", "profiles", profile.handle),
        linkedData: linkedData(profile, address: address), script: Pages.script,
        picture: Reference(path: "p", profile.handle, "card.png").absolute(at: baseURL))
    return page(head) {
        hero(profile, signedUntil: backing.signedUntil)
        facetsSection(profile, evidence: backing.evidence)
        timelineSection(profile)
        reviewsSection(backing.reviews, limit: backing.reviewLimit, handle: profile.handle)
        packagesSection(backing.packages, handle: profile.handle)
        domainsSection(profile)
        verifySection(profile, signedUntil: backing.signedUntil, baseURL: baseURL)
        coverageSection(profile)
        badgeSection(profile, baseURL: baseURL)
    }
}

extension ProfileDocument {
    /// The facets with a level, those with the most certain standing first.
    var measured: [ProfileFacet] {
        self.facets.filter { $0.state == .measured }
            .sorted { ($0.interval?.low ?? 0, $0.n) > ($1.interval?.low ?? 0, $1.n) }
    }

    /// The facets of which too little is known, in the document's order.
    var unmeasured: [ProfileFacet] { self.facets.filter { $0.state != .measured } }

    /// The day of the earliest counted fact.
    var since: String? { self.facets.compactMap(\.first).min() }

    /// The profile in one sentence of facts, for link previews.
    var summary: String {
        let facts = self.measured.prefix(3).map(\.sentence)
        guard !facts.isEmpty else { return "Too little evidence to say anything yet, which says nothing bad." }
        return facts.joined(separator: "; ") + ". Read on \(self.asOf); every number opens to its evidence."
    }
}

extension ProfileFacet {
    /// `214 reviews in 31 projects, since March 2015`.
    var sentence: String {
        let words = FacetWords(facet: self.name)
        let since = self.first.map { ", since \(monthAndYear($0))" } ?? ""
        return "\(counted(self.n, words.one, words.many)) in \(counted(self.projects, "project", "projects"))\(since)"
    }
}

private func hero(_ profile: ProfileDocument, signedUntil: Instant?) -> Markup {
    tag(.section, .class("hero")) {
        tag(.p, .class("eyebrow"), text: "Developer profile")
        tag(.h1) { tag(.bdi, text: profile.handle) }
        accountList(profile)
        if profile.measured.isEmpty {
            tag(.p, .class("lede"), text: unknownLede(profile))
        } else {
            tag(.ul, .class("headline")) { profile.measured.prefix(3).map(headlineItem) }
        }
        readingFacts(profile)
        verification(profile, signedUntil: signedUntil)
    }
}

/// Says apart that nothing was seen, and that something was but too little.
private func unknownLede(_ profile: ProfileDocument) -> String {
    profile.facets.allSatisfy { $0.n == 0 }
        ? """
        No independent evidence of this person’s work has been seen yet. Somebody new, and somebody whose work lies where \
        nobody has looked, look the same from here. That means unknown. It does not mean low.
        """
        : "There is too little independent evidence to state any level yet. That means unknown. It does not mean low."
}

private func accountList(_ profile: ProfileDocument) -> Markup {
    tag(.ul, .class("accounts"), Attribute(.ariaLabel, "Accounts whose control was proved")) {
        for account in profile.accounts {
            tag(.li) {
                tag(.span, .class("platform"), text: platformName(account.platform))
                " "
                tag(.bdi, text: account.login)
                tag(.span, .class("proved"), text: " proved")
            }
        }
        if profile.accounts.isEmpty { tag(.li, text: "No account shown") }
    }
}

private func headlineItem(_ facet: ProfileFacet) -> Markup {
    let words = FacetWords(facet: facet.name)
    return tag(.li) {
        tag(.strong, Attribute(.dataClaim, "facets/\(facet.name)/n"), text: grouped(facet.n))
        " "
        tag(.span, .class("unit"), text: facet.n == 1 ? words.one : words.many)
        " "
        tag(.span, .class("context")) {
            "in \(counted(facet.projects, "project", "projects"))"
            if facet.counterparties > 0 { ", with \(counted(facet.counterparties, "other person", "other people"))" }
            if let first = facet.first { ", since \(monthAndYear(first))" }
        }
    }
}

private func readingFacts(_ profile: ProfileDocument) -> Markup {
    tag(.dl, .class("reading")) {
        if let since = profile.since {
            term("Evidence since") { tag(.time, Attribute(.datetime, since), text: since) }
        }
        if profile.longevity.activeQuarters > 0 {
            term("Active in") {
                tag(
                    .span, Attribute(.dataClaim, "longevity/active_quarters"),
                    text: grouped(profile.longevity.activeQuarters))
                profile.longevity.activeQuarters == 1 ? " quarter" : " quarters"
            }
        }
        term("Read on") {
            tag(.time, Attribute(.datetime, profile.asOf), Attribute(.dataClaim, "asOf"), text: profile.asOf)
        }
        term("Ledger") {
            tag(.span, Attribute(.dataClaim, "ledger/size"), text: grouped(profile.ledger.size))
            profile.ledger.size == 1 ? " entry" : " entries"
        }
        term("Model") {
            tag(.span, Attribute(.dataClaim, "model/id"), text: profile.model.id)
            " "
            tag(.span, Attribute(.dataClaim, "model/version"), text: String(profile.model.version))
        }
    }
}

private func term(_ name: String, @MarkupBuilder value: () -> Markup) -> Markup {
    tag(.div) {
        tag(.dt, text: name)
        tag(.dd) { value() }
    }
}

/// The panel in which a browser with scripts checks the page; without scripts it stays hidden.
private func verification(_ profile: ProfileDocument, signedUntil: Instant?) -> Markup {
    guard let signedUntil else {
        return tag(.p, .class("unsigned")) {
            "No signed profile is valid at present: the last one ended or was withdrawn. Each fact still opens to its proof."
        }
    }
    let bundle = Reference(path: "p", profile.handle, "bundle")
    return tag(
        .div, .id("verification"), .class("verification"), Attribute(.hidden, ""),
        Attribute(.dataHandle, profile.handle), Attribute(.dataBundle, bundle.text)
    ) {
        tag(.button, .id("verify-now"), .class("button"), Attribute(.type, "button"), text: "Verify this page")
        tag(
            .p, .id("verification-status"), .class("status"), Attribute(.role, "status"),
            text: "Signed until \(signedUntil.day). Your browser does the checking, step by step.")
        tag(.ol, .id("verification-steps"), .class("checks"), Attribute(.ariaLabel, "What was checked"))
    }
}

/// A section with its heading, named by it for screen readers.
func section(_ id: String, _ title: String, intro: String, @MarkupBuilder content: () -> Markup) -> Markup {
    tag(.section, .id(id), Attribute(.ariaLabelledBy, "\(id)-title")) {
        tag(.h2, .id("\(id)-title"), text: title)
        if !intro.isEmpty { tag(.p, .class("intro"), text: intro) }
        content()
    }
}
