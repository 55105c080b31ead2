internal import API
internal import CanonicalJSON
internal import Contract
internal import Crypto
internal import Foundation
internal import HTTP
internal import Images
internal import Postgres
internal import Reputation
internal import Scoring
internal import Service
internal import Store

/// What a person opens in a browser.
enum PageRoutes {
    /// How many facts a profile opens to, and how many reviews and packages it sums up; the rest is a link away.
    private static let (opened, summedUp, packages): (Int, Int64, Int64) = (48, 5_000, 20)
    /// How many facts a page of evidence lists.
    private static let listed: Int64 = 100
    /// Tells the pages of this process from those of another, which may be of another version.
    private static let edition = Base64URL.encode(randomBytes(6))

    /// What Standing is and how to begin.
    @Sendable static func index(_ exchange: Exchange) async throws -> Response {
        let head = try await exchange.shownHead
        let ledger = head.map {
            ProfileDocument.Ledger(origin: $0.origin, size: $0.size, root: Data($0.root).base64EncodedString())
        }
        return self.html(indexPage(ledger: ledger, baseURL: exchange.authority.settings.publicURL))
    }

    /// The page of a published profile: one statement says which version it is, and the page is written once for each.
    @Sendable static func profile(_ exchange: Exchange) async throws -> Response {
        let now = exchange.authority.now()
        guard let row = try await exchange.reads.run(.pageVersion(exchange["handle"], at: now)).first else {
            return self.html(notFoundPage(), status: 404)
        }
        let key = PageCache.Key(handle: exchange["handle"], version: try PageVersion(row))
        let tag = self.tag(key.version)
        if exchange.has(tag) { return Response(status: 304, headers: Caching.whileTagged(tag).headers) }
        let page = try await self.page(key, exchange)
        guard let page else { return self.html(notFoundPage(), status: 404) }
        return self.html(page, caching: .whileTagged(tag), policy: Pages.verifyingSecurityPolicy)
    }

    private static func tag(_ version: PageVersion) -> String {
        "\(version.document).\(version.erasure).\(version.credential ?? -1).\(self.edition)"
    }

    /// The page of `key`, kept or written now; nil when the profile was hidden meanwhile.
    private static func page(_ key: PageCache.Key, _ exchange: Exchange) async throws -> [UInt8]? {
        if let kept = exchange.application.pages.page(key) { return kept }
        guard let row = try await exchange.reads.run(.publishedPage(key.handle)).first else { return nil }
        let commitments = Array(try row.texts(1).prefix(self.opened))
        let rows = try StoredEvidence.read(await exchange.reads.run(.evidence(committed: commitments)))
        let facts = try rows.map { ($0.commitment, try ProfileEvidence($0)) }
        let byCommitment = Dictionary(facts, uniquingKeysWith: { first, _ in first })
        let backing = ProfileBacking(
            evidence: commitments.compactMap { byCommitment[$0] },
            reviews: try ReviewOutcome.read(
                await exchange.reads.run(.reviewOutcomes(ofHandle: key.handle, limit: self.summedUp))),
            reviewLimit: self.summedUp,
            packages: try KeptPackage.read(
                await exchange.reads.run(.keptPackages(ofHandle: key.handle, limit: self.packages))),
            signedUntil: key.version.signedUntil)
        let page = Array(
            profilePage(try self.document(row), backing, baseURL: exchange.authority.settings.publicURL).utf8)
        exchange.application.pages.keep(page, as: key)
        return page
    }

    /// A page of the facts of a published profile, all or those that a number stands for.
    @Sendable static func evidence(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["type", "quarter", "domain", "cursor"])
        let before = try exchange.number(query["cursor"], "cursor", in: 0...Int64.max, standard: Int64.max)
        let filter = try EvidenceFilter(query)
        let handle = exchange["handle"]
        guard try await !exchange.reads.run(.publishedPage(handle)).isEmpty else {
            return self.html(notFoundPage(), status: 404)
        }
        let rows = try StoredEvidence.read(
            await exchange.reads.run(.evidence(ofHandle: handle, filter, before: before, limit: self.listed)))
        var following = ["type", "quarter", "domain"].compactMap { name in query[name].map { (name, $0) } }
        if let last = rows.last, rows.count == Int(self.listed) {
            following.append(("cursor", String(last.entryIndex)))
        }
        let next = following.last?.0 == "cursor" ? Reference(path: "p", handle, "evidence", query: following) : nil
        let alternate = filter.kind.map {
            Reference(path: "v1", "profiles", handle, "evidence", query: [("type", $0.rawValue)])
        }
        return self.html(
            evidencePage(
                EvidenceListing(
                    handle: handle, rows: try rows.map(ProfileEvidence.init),
                    verdicts: try await self.verdicts(rows, of: handle, exchange), narrowed: filter.words, next: next,
                    alternate: alternate ?? Reference(path: "v1", "profiles", handle, "evidence"))))
    }

    /// What `explain` says of `rows`. A page is shown without it where that takes too long.
    private static func verdicts(
        _ rows: [StoredEvidence], of handle: String, _ exchange: Exchange
    ) async throws -> Verdicts {
        guard !rows.isEmpty else { return .known([:]) }
        do {
            return .known(
                try await exchange.application.background.history.verdicts(of: handle, at: Set(rows.map(\.entryIndex))))
        } catch HistoryError.busy {
            return .unknown("others wait for theirs. Load the page again in a moment.")
        } catch HistoryError.tooMuch(let limit) {
            return .unknown("there are more than \(grouped(limit)) facts.")
        }
    }

    /// The badge of a published profile.
    @Sendable static func badge(_ exchange: Exchange) async throws -> Response {
        guard let row = try await exchange.reads.run(.publishedProfile(exchange["handle"])).first else {
            throw Problem.notFound
        }
        let profile = try self.document(row)
        return Response(
            status: 200,
            headers: [
                ("Content-Type", "image/svg+xml"), ("Cache-Control", "no-cache"),
                ("Content-Security-Policy", Pages.badgeSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
            ], body: Array(badgeSVG(profile).utf8))
    }

    /// The picture of a published profile for link previews, drawn once for each version of the page.
    @Sendable static func card(_ exchange: Exchange) async throws -> Response {
        let now = exchange.authority.now()
        guard let row = try await exchange.reads.run(.pageVersion(exchange["handle"], at: now)).first else {
            throw Problem.notFound
        }
        let key = PageCache.Key(handle: exchange["handle"], version: try PageVersion(row))
        return try await exchange.answer("image/png", .whileTagged(self.tag(key.version))) {
            if let kept = exchange.application.cards.page(key) { return kept }
            guard let row = try await exchange.reads.run(.publishedPage(key.handle)).first else {
                throw Problem.notFound
            }
            let host = exchange.authority.settings.publicURL.split(separator: "/").dropFirst().joined(separator: "/")
            let svg = Card.svg(try self.document(row), host: "\(host)/p/\(key.handle)")
            // Drawing takes the processor for a while: not on the loop, whose other requests would wait for it.
            let drawn = try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws -> [UInt8] in
                try PNG.draw(svg, width: Card.width, height: Card.height)
            }
            exchange.application.cards.keep(drawn, as: key)
            return drawn
        }
    }

    /// A file that pages refer to.
    @Sendable static func asset(_ exchange: Exchange) async throws -> Response {
        guard let asset = Pages.assets.first(where: { $0.path == exchange.request.path }) else {
            throw Problem.notFound
        }
        return Response(
            status: 200,
            headers: [
                ("Content-Type", asset.mediaType), ("Cache-Control", "public, max-age=31536000, immutable"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: asset.bytes)
    }

    /// The contract of the API (OpenAPI 3.1).
    @Sendable static func contract(_ exchange: Exchange) async throws -> Response {
        Response(
            status: 200,
            headers: [("Content-Type", "application/yaml; charset=utf-8"), ("Cache-Control", "public, max-age=300")],
            body: Contract.openAPI)
    }

    private static func document(_ row: Postgres.Row) throws -> ProfileDocument {
        try JSONDecoder().decode(ProfileDocument.self, from: Data(row.text(0).utf8))
    }

    private static func html(_ text: String, status: Int = 200) -> Response {
        self.html(Array(text.utf8), status: status, caching: nil, policy: Pages.contentSecurityPolicy)
    }

    private static func html(
        _ body: [UInt8], status: Int = 200, caching: Caching?, policy: String
    ) -> Response {
        Response(
            status: status,
            headers: (caching?.headers ?? [("Cache-Control", "no-cache")]) + [
                ("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy),
                ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ], body: body)
    }
}

extension EvidenceFilter {
    /// The filter a page's query asks for.
    init(_ query: [String: String]) throws(Problem) {
        self.init()
        if let type = query["type"] {
            guard let kind = Evidence.Kind(rawValue: type) else {
                let known = Evidence.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("?type", "Known types are: \(known).")
            }
            self.kind = kind
        }
        if let text = query["quarter"] {
            guard let period = Self.quarter(text) else {
                throw .invalid("?quarter", "This must be a quarter such as 2015-Q1.")
            }
            self.period = period
        }
        if let text = query["domain"] {
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, text.utf8.count <= 300 else {
                throw .invalid("?domain", "This must be a platform, a slash, and an owner or a project.")
            }
            self.domain = Family(platform: parts[0], name: parts[1])
        }
    }

    /// The time of `2015-Q1`.
    private static func quarter(_ text: String) -> Range<Instant>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, let year = Int64(parts[0]), (1970...9998).contains(year),
            let place = ["Q1", "Q2", "Q3", "Q4"].firstIndex(of: parts[1])
        else { return nil }
        let starts = ["\(year)-01-01", "\(year)-04-01", "\(year)-07-01", "\(year)-10-01", "\(year + 1)-01-01"]
        guard let first = Day(starts[place]), let beyond = Day(starts[place + 1]) else { return nil }
        return Instant(seconds: first.number * 86_400)..<Instant(seconds: beyond.number * 86_400)
    }

    /// What it lets through, in words; nil for everything.
    var words: String? {
        let parts = [
            self.kind.map { kindTitle($0.rawValue) },
            self.domain.map { "in \($0.name) on \(platformName($0.platform))" },
            self.period.map { "from \($0.lowerBound.day) to before \($0.upperBound.day)" },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : capitalized(parts.joined(separator: ", "))
    }
}

extension ProfileEvidence {
    /// A fact that counted, as pages show it.
    init(_ row: StoredEvidence) throws {
        let evidence = try Evidence(parsing: row.document.utf8)
        self.init(
            commitment: row.commitment, index: row.entryIndex, type: evidence.kind.rawValue,
            outcome: evidence.outcome?.rawValue,
            project: Project(platform: evidence.project.platform.rawValue, name: evidence.project.name),
            objectURL: evidence.object.url, occurredAt: evidence.occurredAt.rfc3339,
            measures: Dictionary(uniqueKeysWithValues: evidence.measures.map { ($0.key.rawValue, $0.value) }),
            flags: evidence.flags.map(\.rawValue).sorted(),
            source: Source(class: evidence.source.class.rawValue, locator: evidence.source.locator), counted: true,
            facet: evidence.facet?.rawValue)
    }
}
