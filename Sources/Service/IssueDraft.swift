internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Profiles
internal import Reputation
internal import Scoring
internal import Store
internal import Transparency

extension Issue {
    /// A credential about to be signed.
    struct Draft {
        let id: String
        let handle: String
        let order: IssueOrder
        let assessed: Aggregate.Assessed
        let ledger: CredentialPayload.Ledger
        let accounts: [Account]
        let now: Instant
        let lifetime: Int64
        let place: StatusPlace

        /// What was signed, and what can be shown with it.
        struct Signed {
            let token: String
            var disclosures: [Disclosure] = []
            var evidence: [String] = []
        }

        func signed(by authority: Authority) throws -> Signed {
            let documents = authority.documents
            switch self.order.format {
            case .vcJWT:
                let key = TokenKey.es256(authority.keys.credentials)
                return Signed(
                    token: JWS(signing: try self.payload(documents), with: key, type: "vc+jwt", contentType: "vc").text)
            case .openBadge:
                let key = TokenKey.rs256(authority.keys.badges)
                let address = documents.address(of: key.publicKey)
                return Signed(
                    token: JWS(signing: try self.payload(documents), with: key, type: "JWT", keyID: address).text)
            case .dataIntegrity:
                let document = try self.payload(documents, form: .document(did: documents.did))
                let method = documents.verificationMethod(.ed25519(authority.keys.proofs.publicKey))
                return Signed(
                    token: DataIntegrity.sign(
                        document, with: authority.keys.proofs, verificationMethod: method, created: self.now.rfc3339
                    ).canonical)
            case .sdJWT, .threshold:
                let profile = try self.selective(documents)
                let key = TokenKey.es256(authority.keys.credentials)
                return Signed(
                    token: JWS(signing: profile.document, with: key, type: "dc+sd-jwt").text,
                    disclosures: profile.disclosures, evidence: profile.evidence)
            }
        }

        private func payload(_ documents: IssuerDocuments, form: CredentialPayload.Form = .token) throws -> JSON {
            try CredentialPayload(
                id: "\(documents.issuer)/v1/credentials/\(self.id)", issuer: documents.issuer,
                profile: "\(documents.issuer)/p/\(self.handle)", handle: self.handle, accounts: self.accounts,
                assessment: self.assessed.assessment.document, facets: self.order.facets,
                sections: self.order.sections, ledger: self.ledger, coverage: self.coverage, issuedAt: self.now,
                lifetime: self.lifetime, status: self.status(documents), form: form
            ).document
        }

        private func selective(_ documents: IssuerDocuments) throws -> SelectiveProfile {
            let terms = SelectiveProfile.Terms(
                issuer: documents.issuer, profile: "\(documents.issuer)/p/\(self.handle)", issuedAt: self.now,
                lifetime: self.lifetime, status: self.status(documents), holder: self.order.holder)
            guard self.order.format == .threshold else {
                return try SelectiveProfile(
                    handle: self.handle, accounts: self.accounts, assessment: self.assessed.assessment.document,
                    facets: self.order.facets, sections: self.order.sections, ledger: self.ledger,
                    coverage: self.coverage, terms: terms)
            }
            guard let threshold = self.order.threshold else { preconditionFailure("a bound is ordered with its claim") }
            let evidence = try self.assessed.rows.map { try Evidence(parsing: $0.document.utf8) }
            guard threshold.isMet(by: self.assessed.assessment, from: evidence) else {
                throw IssueError.thresholdNotMet
            }
            return try SelectiveProfile(
                threshold, ledger: self.ledger, asOf: self.assessed.assessment.asOf, terms: terms)
        }

        private var coverage: [CredentialPayload.Coverage] {
            self.assessed.coverage.compactMap(CredentialPayload.Coverage.init)
        }

        private func status(_ documents: IssuerDocuments) -> CredentialPayload.StatusPlace {
            CredentialPayload.StatusPlace(issuer: documents.issuer, list: self.place.list, index: self.place.index)
        }
    }
}
