import API

/// The page of a published profile, `/p/<handle>`.
///
/// `evidence` are the rows to list, newest first, at most one screenful; the rest is behind the JSON link. `baseURL` is
/// this site, `https://standing.example`, for link previews and the commands a reader copies.
func profilePage(_ profile: ProfileDocument, evidence: [ProfileEvidence], baseURL: String) -> String {
    let head = PageHead(
        title: "\(profile.handle) · Standing", description: profile.summary,
        address: Reference(path: "p", profile.handle).absolute(at: baseURL),
        alternate: Reference(path: "v1", "profiles", profile.handle))
    return page(head) {
        hero(profile)
        facetsSection(profile, evidence: evidence)
        timelineSection(profile)
        domainsSection(profile)
        evidenceSection(profile, evidence: evidence)
        verifySection(profile, baseURL: baseURL)
        coverageSection(profile)
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

private func hero(_ profile: ProfileDocument) -> Markup {
    tag(.section, .class("hero")) {
        tag(.p, .class("eyebrow"), text: "Developer profile")
        tag(.h1) { tag(.bdi, text: profile.handle) }
        accountList(profile)
        if profile.measured.isEmpty {
            tag(.p, .class("lede")) {
                "There is too little independent evidence to state any level yet. That means unknown. It does not mean low."
            }
        } else {
            tag(.ul, .class("headline")) { profile.measured.prefix(3).map(headlineItem) }
        }
        readingFacts(profile)
    }
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
        tag(.strong, text: grouped(facet.n))
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
        if let since = profile.since { term("Evidence since", day: since) }
        if profile.longevity.activeQuarters > 0 {
            term("Active in", text: counted(profile.longevity.activeQuarters, "quarter", "quarters"))
        }
        term("Read on", day: profile.asOf)
        term("Ledger", text: counted(profile.ledger.size, "entry", "entries"))
        term("Model", text: "\(profile.model.id) \(profile.model.version)")
    }
}

private func term(_ name: String, text: String) -> Markup {
    tag(.div) {
        tag(.dt, text: name)
        tag(.dd, text: text)
    }
}

private func term(_ name: String, day: String) -> Markup {
    tag(.div) {
        tag(.dt, text: name)
        tag(.dd) { tag(.time, Attribute(.datetime, day), text: day) }
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
