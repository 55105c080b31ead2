import API

/// The facets as cards: the measured first, then those of which too little is known.
func facetsSection(_ profile: ProfileDocument, evidence: [ProfileEvidence]) -> Markup {
    let indexes = Dictionary(
        evidence.compactMap { row in row.index.map { (row.commitment, $0) } }, uniquingKeysWith: { first, _ in first })
    return section(
        "facets", "Facets",
        intro: """
            Only work that somebody independent took part in counts here. A level places the counted work between 0 \
            and 100; the band around it is where it lies with 90 % probability, given what is known.
            """
    ) {
        if !profile.measured.isEmpty {
            tag(.div, .class("cards")) {
                for facet in profile.measured { measuredCard(facet, handle: profile.handle, indexes: indexes) }
            }
        }
        if !profile.unmeasured.isEmpty {
            tag(.div, .class("cards thin")) { profile.unmeasured.map(unmeasuredCard) }
        }
        if profile.facets.isEmpty { tag(.p, text: "This profile shows no facets.") }
    }
}

private func measuredCard(_ facet: ProfileFacet, handle: String, indexes: [String: Int64]) -> Markup {
    let words = FacetWords(facet: facet.name)
    return tag(.article, .class("card")) {
        tag(.h3, text: words.title)
        tag(.p, .class("meaning"), text: words.meaning)
        tag(.p, .class("count")) {
            tag(.strong, text: grouped(facet.n))
            " "
            tag(.span, text: facet.n == 1 ? words.one : words.many)
        }
        if let level = facet.level {
            levelRow("Whole life", level: level, interval: facet.interval, facet: words.title)
        }
        recentView(facet, words: words)
        facts(facet)
        rates(facet)
        exclusions(facet)
        proof(facet, handle: handle, indexes: indexes)
    }
}

/// Says in words that too little is known; no level and no bar, because there is none.
private func unmeasuredCard(_ facet: ProfileFacet) -> Markup {
    let words = FacetWords(facet: facet.name)
    return tag(.article, .class("card unknown")) {
        tag(.h3, text: words.title)
        tag(.p, .class("meaning"), text: words.meaning)
        tag(.p, .class("state"), text: "Not enough evidence")
        tag(.p) {
            if facet.n > 0 {
                "Only \(counted(facet.n, words.one, words.many)) so far"
                if let minimum = facet.minimum { "; the model states a level from \(grouped(minimum)) on" }
                ". "
            } else {
                "Nothing that counts has been seen. "
            }
            "Unknown is not low."
        }
        exclusions(facet)
    }
}

/// A level with its interval: the words, and the same drawn.
private func levelRow(_ view: String, level: Int64, interval: ProfileFacet.Interval?, facet: String) -> Markup {
    let range = interval.map { "likely \($0.low) to \($0.high)" } ?? "interval not stated"
    return tag(.div, .class("level")) {
        viewLine(view) {
            "level "
            tag(.strong, text: String(level))
            tag(.span, .class("range"), text: ", \(range)")
        }
        intervalBar(level: level, interval: interval, title: "\(facet), \(view.lowercased()): level \(level), \(range)")
    }
}

/// The scale from 0 to 100 with the interval as a band between two whiskers, and the level as a mark on it.
private func intervalBar(level: Int64, interval: ProfileFacet.Interval?, title: String) -> Markup {
    func position(_ value: Int64) -> Int64 { 4 + min(max(value, 0), 100) * 3 }
    return tag(.svg, .class("bar"), Attribute(.viewBox, "0 0 308 20"), Attribute(.role, "img")) {
        tag(.title, text: title)
        tag(.path, .class("track"), Attribute(.d, "M4 10H304M4 7v6M154 8v4M304 7v6"))
        if let interval {
            let low = position(interval.low)
            let high = max(position(interval.high), low)
            tag(
                .rect, .class("band"), Attribute(.x, low), Attribute(.y, 6), Attribute(.width, high - low),
                Attribute(.height, 8))
            tag(.path, .class("whisker"), Attribute(.d, "M\(low) 10H\(high)M\(low) 4v12M\(high) 4v12"))
        }
        tag(.circle, .class("mark"), Attribute(.cx, position(level)), Attribute(.cy, 10), Attribute(.r, 5))
    }
}

private func recentView(_ facet: ProfileFacet, words: FacetWords) -> Markup {
    tag(.div, .class("views")) {
        if facet.recent.state == .measured, let level = facet.recent.level {
            levelRow("Recent", level: level, interval: facet.recent.interval, facet: words.title)
        } else {
            viewLine("Recent") { "too little to state a level" }
        }
        if facet.longHorizon.activeQuarters > 0 {
            viewLine("Long horizon") {
                "active in \(counted(facet.longHorizon.activeQuarters, "quarter", "quarters"))"
                if facet.longHorizon.longestRun > 1 {
                    ", \(years(quarters: facet.longHorizon.longestRun)) without a long gap"
                }
            }
        }
    }
}

/// What one view of a facet says, behind the view's name.
private func viewLine(_ view: String, @MarkupBuilder words: () -> Markup) -> Markup {
    tag(.p, .class("line")) {
        tag(.span, .class("view"), text: view)
        " "
        tag(.span) { words() }
    }
}

/// `11 quarters` as `2¾ years`.
private func years(quarters: Int64) -> String {
    let rest = ["", "¼", "½", "¾"][Int(quarters % 4)]
    guard quarters >= 4 else { return counted(quarters, "quarter", "quarters") }
    return "\(quarters / 4)\(rest) \(quarters == 4 ? "year" : "years")"
}

private func facts(_ facet: ProfileFacet) -> Markup {
    tag(.dl, .class("facts")) {
        fact("Projects", grouped(facet.projects))
        fact("Other people", grouped(facet.counterparties))
        if let first = facet.first { fact("First", monthAndYear(first)) }
        if let last = facet.last { fact("Last", monthAndYear(last)) }
    }
}

private func fact(_ name: String, _ value: String) -> Markup {
    tag(.div) {
        tag(.dt, text: name)
        tag(.dd, text: value)
    }
}

private func rates(_ facet: ProfileFacet) -> Markup {
    .group(
        facet.rates.filter { $0.trials > 0 }.map { rate in
            tag(.p, .class("rate")) {
                tag(.strong, text: "\(grouped(rate.successes)) of \(grouped(rate.trials))")
                " \(rateMeaning(rate.name)): \(percent(rate.interval.low)) to \(percent(rate.interval.high)) likely"
            }
        })
}

private func exclusions(_ facet: ProfileFacet) -> Markup {
    let reasons = facet.excluded.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let total = reasons.reduce(0) { $0 + $1.value }
    let own = facet.ownProjects
    return .group(
        reasons.isEmpty
            ? []
            : [
                tag(.details) {
                    tag(.summary, text: "\(counted(total, "fact", "facts")) not counted, and why")
                    tag(.ul) {
                        for (name, n) in reasons { tag(.li, text: "\(grouped(n)) × \(reason(name))") }
                        if own.n > 0 {
                            tag(.li) {
                                "Reported apart, in own projects: \(grouped(own.n)) in "
                                counted(own.projects, "project", "projects")
                                ", with \(counted(own.counterparties, "other person", "other people"))"
                            }
                        }
                    }
                }
            ])
}

private func proof(_ facet: ProfileFacet, handle: String, indexes: [String: Int64]) -> Markup {
    let listed = facet.evidence.compactMap { indexes[$0] }.prefix(12)
    return tag(.p, .class("proof")) {
        "Opens to "
        tag(.a, .href(Reference(path: "v1", "profiles", handle, "evidence")), text: "its evidence")
        if !listed.isEmpty {
            "; weightiest here: "
            for (position, index) in listed.enumerated() {
                if position > 0 { ", " }
                tag(.a, .href(Reference(fragment: "e\(index)")), text: "#\(index)")
            }
        }
    }
}
