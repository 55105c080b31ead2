import CanonicalJSON
public import Decoding
public import Reputation

/// What organisations vouch for that somebody did: a talk, an event, mentoring, writing, a shipped product.
public enum Attestations {
    /// The form a document is in.
    public enum Form: String, Sendable, CaseIterable {
        /// Standing's own: `{"type": "standing-attestation/1", "id", "issuer", "activity", "account": {"platform", "id",
        /// "login"}, "from", "to", "url", "proof"}`, with a proof of `eddsa-jcs-2022`.
        case attested
        /// An Open Badge 3.0 (`AchievementCredential`), as a token or with a proof of `eddsa-jcs-2022`.
        case openBadge = "open-badge"
    }

    /// The attestations in the files at `paths`, signed by `organisations`.
    ///
    /// - Throws: `ReadError`.
    public static func open(
        _ form: Form, paths: [String], signedBy organisations: Organisations, observedAt: Instant,
        resumingAfter cursor: String? = nil
    ) throws(ReadError) -> DocumentSource {
        try DocumentSource(adapter: form.rawValue, paths: paths, resumingAfter: cursor) { documents in
            documents.map { document in
                document.record { () throws(Refusal) in
                    let (organisation, content) = try organisations.signed(document)
                    let reading = AttestationReading(
                        organisation: organisation, content: content, observedAt: observedAt,
                        source: Evidence.Source(
                            adapter: form.rawValue, class: .attested, locator: document.file, digest: document.digest))
                    return form == .attested ? try reading.own() : try reading.badge()
                }
            }
        }
    }
}

/// A document whose signature was verified, being read.
private struct AttestationReading {
    private static let kinds: [String: Evidence.Outcome] = [
        "talk": .talk, "event": .event, "mentoring": .mentoring, "writing": .writing,
        "shipped_product": .shippedProduct, "other": .other,
    ]

    let organisation: Organisations.Organisation
    let content: Place
    let observedAt: Instant
    let source: Evidence.Source

    /// Standing's own form.
    func own() throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        guard try self.content["type"].text() == "standing-attestation/1" else {
            throw self.content["type"].refusal("standing-attestation/1")
        }
        let activity = try self.content["activity"].text()
        guard let outcome = AttestationReading.kinds[activity] else {
            throw Refusal(reason: "activity: unknown activity \(quoted(activity))")
        }
        let place = try self.content["account"].object()
        let platform = try place["platform"].name()
        let account =
            platform == Platform.email.rawValue
            ? try self.mailbox(place["id"].text()) : try self.account(on: platform, id: place["id"].name(), place)
        let from = try self.day(self.content["from"])
        let to = try self.content["to"].present.map { place throws(Refusal) in try self.day(place) }
        return try self.fact(
            account, as: outcome, id: self.content["id"].name(), from: from, to: to ?? from,
            url: self.content["url"].present.page(under: "https://"))
    }

    /// An Open Badge 3.0.
    func badge() throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        var types: Set<String> = []
        for type in try self.content["type"].elements() { types.insert(try type.text()) }
        guard !types.isDisjoint(with: ["AchievementCredential", "OpenBadgeCredential"]) else {
            throw self.content["type"].refusal("an Open Badge's")
        }
        if self.content["credentialStatus"].present != nil {
            throw Refusal(reason: "credentialStatus: it can be taken back, and whether it was is not looked up")
        }
        let subject = try self.content["credentialSubject"].object()
        let from = try
            (subject["activityStartDate"].present ?? self.content["validFrom"].present
            ?? self.content["issuanceDate"]).moment()
        let to = try subject["activityEndDate"].present.moment() ?? from
        guard let account = try self.subject(subject) else {
            return (.ignored("subject_without_an_account"), from)
        }
        let achievement = try subject["achievement"].object()
        return try self.fact(
            account, as: .other, id: self.content["id"].name(), from: from, to: to,
            url: (achievement["id"].present).page(under: "https://"))
    }

    /// Whom the badge was given to: an account of a platform (`ext:PLATFORM`), or a mailbox. One that is told by a salted hash
    /// or a key alone is nobody's here.
    private func subject(_ subject: Place) throws(Refusal) -> Account? {
        var identifiers: [Place] = []
        if let place = subject["identifier"].present {
            identifiers = place.value.array == nil ? [place] : try place.elements()
        }
        for identity in identifiers where identity["hashed"].value.bool == false {
            let (type, value) = (try identity["identityType"].text(), identity["identityHash"])
            if type == "emailAddress" { return try self.mailbox(value.text()) }
            if type.hasPrefix("ext:"), type.utf8.count <= 104 {
                return try self.account(on: String(type.dropFirst(4)), id: value.name(), subject)
            }
        }
        guard let id = try subject["id"].present.text(), id.hasPrefix("mailto:") else { return nil }
        return try self.mailbox(String(id.dropFirst(7)))
    }

    private func mailbox(_ text: String) throws(Refusal) -> Account {
        guard let address = Commit.address(text) else { throw Refusal(reason: "the account: not an address of mail") }
        return Connectors.account(ofAddress: address)
    }

    /// An account by its number: a login may be another person's by now.
    private func account(on platform: String, id: String, _ place: Place) throws(Refusal) -> Account {
        guard !platform.isEmpty, id.utf8.allSatisfy({ (0x30...0x39).contains($0) }), id.utf8.count <= 20 else {
            throw Refusal(reason: "the account: not a platform's number of one")
        }
        return Account(
            key: Account.Key(platform: Platform(rawValue: platform), id: id),
            login: try place["login"].present.name() ?? id)
    }

    private func day(_ place: Place) throws(Refusal) -> Instant {
        guard let text = place.value.string, text.utf8.count == 10, let moment = Instant(rfc3339: text + "T00:00:00Z")
        else {
            throw place.refusal("a day, 2025-03-01")
        }
        return moment
    }

    private func fact(
        _ account: Account, as outcome: Evidence.Outcome, id: String, from: Instant, to: Instant, url: String?
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        guard from <= to else { throw Refusal(reason: "the period ends before it begins") }
        guard to <= self.observedAt else { throw Refusal(reason: "the period ends in the future") }
        var fact = Evidence(
            kind: .attestedActivity, account: account,
            project: Project(
                platform: Platform(rawValue: "organisations"), id: self.organisation.id, name: self.organisation.name),
            object: Evidence.Object(id: id, url: url), occurredAt: from, observedAt: self.observedAt,
            source: self.source)
        fact.outcome = outcome
        fact.measures[.periodFrom] = from.day.number
        fact.measures[.periodTo] = to.day.number
        return (Mapped(evidence: [fact]), from)
    }
}
