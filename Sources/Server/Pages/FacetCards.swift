import API

/// The facets as cards: the measured first, then those of which too little is known.
func facetsSection(_ profile: ProfileDocument, evidence: [ProfileEvidence]) -> Markup {
    section(
        "facets", "Facets",
        intro: """
            Only work that somebody independent took part in counts here. A level places the counted work between 0 \
            and 100; the band around it is where it lies with 90 % probability, given what is known.
            """
    ) {
        if !profile.measured.isEmpty {
            tag(.div, .class("cards")) {
                for facet in profile.measured {
                    measuredCard(facet, handle: profile.handle, rows: evidence.filter { $0.facet == facet.name })
                }
            }
        }
        if !profile.unmeasured.isEmpty {
            tag(.div, .class("cards thin")) {
                for facet in profile.unmeasured {
                    unmeasuredCard(facet, handle: profile.handle, rows: evidence.filter { $0.facet == facet.name })
                }
            }
        }
        if profile.facets.isEmpty { tag(.p, text: "This profile shows no facets.") }
    }
}

private func measuredCard(_ facet: ProfileFacet, handle: String, rows: [ProfileEvidence]) -> Markup {
    let words = FacetWords(facet: facet.name)
    return tag(.article, .class("card")) {
        tag(.h3, text: words.title)
        tag(.p, .class("meaning"), text: words.meaning)
        tag(.p, .class("count")) {
            tag(.strong, Attribute(.dataClaim, "facets/\(facet.name)/n"), text: grouped(facet.n))
            " "
            tag(.span, text: facet.n == 1 ? words.one : words.many)
        }
        if let level = facet.level {
            levelRow(
                "Whole life", level: level, interval: facet.interval, facet: words.title, claim: "facets/\(facet.name)")
            if level == 0 { tag(.p, .class("meaning"), text: nearlyNothingCredited) }
        }
        recentView(facet, words: words)
        facts(facet)
        rates(facet)
        opened(facet, handle: handle, rows: rows)
        exclusions(facet, handle: handle)
    }
}

/// Why there is much and the level is 0: said, lest it be read as a verdict on the work.
private let nearlyNothingCredited = """
    Credited with next to nothing so far: a fact weighs by the standing here of those who confirmed it, and the same few \
    add less each time. Where they are unknown, so is its worth; that is not low.
    """

/// Says in words that too little is known; no level and no bar, because there is none.
private func unmeasuredCard(_ facet: ProfileFacet, handle: String, rows: [ProfileEvidence]) -> Markup {
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
        opened(facet, handle: handle, rows: rows)
        exclusions(facet, handle: handle)
    }
}

/// A level with its interval: the words, and the same drawn.
///
/// `claim` is where the credential states it, as a path in its subject.
private func levelRow(
    _ view: String, level: Int64, interval: ProfileFacet.Interval?, facet: String, claim: String
) -> Markup {
    let range = interval.map { "likely \($0.low) to \($0.high)" } ?? "interval not stated"
    return tag(.div, .class("level")) {
        viewLine(view) {
            "level "
            tag(.strong, Attribute(.dataClaim, "\(claim)/level"), text: String(level))
            tag(.span, .class("range")) {
                if let interval {
                    ", likely "
                    tag(.span, Attribute(.dataClaim, "\(claim)/interval/0"), text: String(interval.low))
                    " to "
                    tag(.span, Attribute(.dataClaim, "\(claim)/interval/1"), text: String(interval.high))
                } else {
                    ", interval not stated"
                }
            }
        }
        intervalBar(level: level, interval: interval, title: "\(facet), \(view.lowercased()): level \(level), \(range)")
    }
}

/// A level as it is shown, of nobody.
func levelExample(level: Int64, interval: ProfileFacet.Interval) -> Markup {
    tag(.div, .class("level")) {
        viewLine("Whole life") {
            "level "
            tag(.strong, text: String(level))
            tag(.span, .class("range"), text: ", likely \(interval.low) to \(interval.high)")
        }
        intervalBar(
            level: level, interval: interval,
            title: "Example: level \(level), likely \(interval.low) to \(interval.high)")
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
            levelRow(
                "Recent", level: level, interval: facet.recent.interval, facet: words.title,
                claim: "facets/\(facet.name)/recent")
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
        fact("Projects", grouped(facet.projects), claim: "facets/\(facet.name)/projects")
        fact("Other people", grouped(facet.counterparties), claim: "facets/\(facet.name)/counterparties")
        if let first = facet.first { fact("First", monthAndYear(first)) }
        if let last = facet.last { fact("Last", monthAndYear(last)) }
    }
}

private func fact(_ name: String, _ value: String, claim: String? = nil) -> Markup {
    tag(.div) {
        tag(.dt, text: name)
        Markup.element(.dd, claim.map { [Attribute(.dataClaim, $0)] } ?? [], [.text(value)])
    }
}

private func rates(_ facet: ProfileFacet) -> Markup {
    .group(
        facet.rates.filter { $0.trials > 0 }.map { rate in
            tag(.p, .class("rate")) {
                tag(.strong) {
                    tag(
                        .span, Attribute(.dataClaim, "facets/\(facet.name)/rates/\(rate.name)/successes"),
                        text: grouped(rate.successes))
                    " of "
                    tag(
                        .span, Attribute(.dataClaim, "facets/\(facet.name)/rates/\(rate.name)/trials"),
                        text: grouped(rate.trials))
                }
                " \(rateMeaning(rate.name)): \(percent(rate.interval.low)) to \(percent(rate.interval.high)) likely"
            }
        })
}

/// The facts behind the facet, those that weigh most, and the way to all of them.
private func opened(_ facet: ProfileFacet, handle: String, rows: [ProfileEvidence]) -> Markup {
    guard !rows.isEmpty else { return .group([]) }
    let words = FacetWords(facet: facet.name)
    let shown = rows.prefix(8)
    return tag(.details, .class("opened")) {
        tag(.summary) {
            shown.count >= facet.n
                ? "The facts behind \(counted(facet.n, words.one, words.many))"
                : "The \(grouped(Int64(shown.count))) that weigh most of \(counted(facet.n, words.one, words.many))"
        }
        factList(Array(shown))
        tag(.p, .class("all")) {
            tag(.a, .href(Reference(path: "p", handle, "evidence")), text: "All facts")
        }
    }
}

private func exclusions(_ facet: ProfileFacet, handle: String) -> Markup {
    let reasons = facet.excluded.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard !reasons.isEmpty else { return .group([]) }
    let total = reasons.reduce(0) { $0 + $1.value }
    let own = facet.ownProjects
    return tag(.details) {
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
        tag(.p, .class("all")) {
            tag(.a, .href(Reference(path: "p", handle, "evidence")), text: "All facts, counted or not")
        }
    }
}
