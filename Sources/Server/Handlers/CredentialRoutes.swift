internal import CanonicalJSON
internal import Credentials
internal import HTTP
internal import Postgres
internal import Profiles
internal import Reputation
internal import Scoring
internal import Service
internal import Store

/// Profiles as credentials: issued, listed, taken back, and bundled with their proofs.
enum CredentialRoutes {
    private static let members: Set<String> = [
        "format", "facets", "accounts", "sections", "evidence", "lifetime_days", "holder_jwk", "threshold",
    ]

    /// Issues a credential for the caller's own profile, in the form and with the detail that the body asks for.
    @Sendable static func issue(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        guard developer.handle == exchange["handle"], developer.state == "published" else { throw Problem.notFound }
        let fields =
            exchange.request.body.isEmpty
            ? try Fields([:], at: "", known: []) : try Fields(exchange.request, known: self.members)
        let format = try fields.optionalText("format") ?? "vc+jwt"
        let evidence = try fields.optionalText("evidence") ?? "all"
        guard ["all", "none"].contains(evidence) else {
            throw Problem.invalid("/evidence", "This must be all or none.")
        }
        let order = try self.order(fields, format: format)
        let issue = Issue(authority: exchange.authority)
        let issued = try await issue.issue(order, for: developer, on: exchange.writer)
        await exchange.publish()
        guard format == "bundle" else { return self.answer(issued) }
        guard let head = try await exchange.shownHead,
            let bundle = try await issue.bundle(
                of: issued, withFacts: evidence == "all", under: head, reads: exchange.reads,
                cache: exchange.application.tiles,
                lists: { try await exchange.statusList($0) })
        else { throw Problem.notYetPublished }
        return self.answer(
            issued, type: "application/json", text: bundle,
            more: [("Content-Disposition", "attachment; filename=\"\(exchange["handle"]).standing.json\"")])
    }

    private static func answer(
        _ issued: IssuedCredential, type: String? = nil, text: String? = nil, more: [(String, String)] = []
    ) -> Response {
        let own =
            switch issued.stored.format {
            case .vcJWT: "application/vc+jwt"
            case .openBadge: "application/jwt"
            case .dataIntegrity: "application/vc"
            case .sdJWT, .threshold: "application/dc+sd-jwt"
            }
        return Response(
            status: 201,
            headers: [
                ("Content-Type", type ?? own), ("Cache-Control", "no-store"),
                ("Location", "/v1/credentials/\(issued.stored.id)/revoke"),
            ] + more,
            body: Array((text ?? issued.text).utf8))
    }

    private static func order(_ fields: Fields, format: String) throws(Problem) -> IssueOrder {
        guard let form = format == "bundle" ? .sdJWT : StoredCredential.Format(rawValue: format) else {
            let known = StoredCredential.Format.allCases.map(\.rawValue) + ["bundle"]
            throw .invalid("/format", "Known are: \(known.joined(separator: ", ")).")
        }
        var order = IssueOrder(form)
        let facets = try fields.names("facets", among: Set(Facet.Name.allCases.map(\.rawValue)))
        if try fields.optionalMember("facets") != nil { order.facets = Set(facets.compactMap(Facet.Name.init)) }
        let sections = try fields.names("sections", among: Set(CredentialPayload.Section.allCases.map(\.rawValue)))
        if try fields.optionalMember("sections") != nil {
            order.sections = Set(sections.compactMap(CredentialPayload.Section.init))
        }
        if let accounts = try fields.optionalMember("accounts") {
            guard let names = accounts.array?.compactMap(\.string), names.count == accounts.array?.count,
                names.count <= 100
            else { throw .invalid("/accounts", "This must be a list of accounts, each as platform/login.") }
            order.accounts = Set(names)
        }
        order.lifetime = try fields.optionalInt("lifetime_days", in: 1...90).map { $0 * 86_400 }
        order.holder = try self.holder(fields, form: form)
        order.threshold = try self.threshold(fields, form: form)
        return order
    }

    private static func holder(_ fields: Fields, form: StoredCredential.Format) throws(Problem) -> JWK? {
        guard let json = try fields.optionalMember("holder_jwk") else { return nil }
        guard [.sdJWT, .threshold].contains(form) else {
            throw .invalid("/holder_jwk", "Only dc+sd-jwt, threshold and bundle can be bound to a key.")
        }
        do throws(JWKError) {
            let key = try JWK(json: json)
            if key.algorithm == "ES256" { return key }
        } catch {
            throw .invalid("/holder_jwk", "This is no public key that is taken here: \(error).")
        }
        throw .invalid("/holder_jwk", "A holder's key has to be of type EC on the curve P-256.")
    }

    private static func threshold(_ fields: Fields, form: StoredCredential.Format) throws(Problem) -> Threshold? {
        guard let json = try fields.optionalMember("threshold") else {
            guard form != .threshold else { throw .invalid("/threshold", "This member is missing.") }
            return nil
        }
        guard form == .threshold, let threshold = Threshold(json: json) else {
            throw .invalid(
                "/threshold",
                "With the format threshold this is {\"claim\": \"years\", \"facet\", \"at_least\"} or "
                    + "{\"claim\": \"packages\", \"at_least\", \"dependents\"}; with others it has no place.")
        }
        return threshold
    }

    /// The caller's own credentials that have not ended, newest first, each with what became of it.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        guard developer.handle == exchange["handle"] else { throw Problem.notFound }
        let rows = try await exchange.reads.run(
            .credentialRecords(handle: exchange["handle"], at: exchange.authority.now()))
        return .json(["credentials": .array(try CredentialRecord.read(rows).map(\.json))])
    }

    /// Takes a credential back, for good or for a while, or gives back one that was suspended: its developer, or an operator.
    @Sendable static func revoke(_ exchange: Exchange) async throws -> Response {
        let fields =
            exchange.request.body.isEmpty
            ? try Fields([:], at: "", known: []) : try Fields(exchange.request, known: ["status"])
        let word = try fields.optionalText("status") ?? "revoked"
        guard CredentialStatus(word: word) != nil else {
            throw Problem.invalid("/status", "This must be revoked, suspended or valid.")
        }
        let developer = try await exchange.developerOrNil()
        if developer == nil { _ = try await exchange.reader("admin") }
        let record = try await exchange.application.erase.revocations.set(
            exchange["id"], to: word, of: developer?.id, on: exchange.writer)
        await exchange.publish()
        return .json(record.json)
    }

    /// The newest credential with the evidence it names, a proof of inclusion for each, and its status: verifies offline.
    @Sendable static func bundle(_ exchange: Exchange) async throws -> Response {
        guard let head = try await exchange.shownHead,
            let bundle = try await Issue(authority: exchange.authority).bundle(
                handle: exchange["handle"], under: head, reads: exchange.reads, cache: exchange.application.tiles,
                lists: { try await exchange.statusList($0) })
        else { throw Problem.notFound }
        return Response(
            status: 200,
            headers: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-cache"),
                ("Content-Disposition", "attachment; filename=\"\(exchange["handle"]).standing.json\""),
            ],
            body: Array(bundle.utf8))
    }
}
