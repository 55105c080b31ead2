internal import CanonicalJSON

extension DocumentReader {
    // One switch over all members of a fact, longer than a function should be.
    func evidence(_ reader: inout JSONReader, observedAt: Instant?) throws -> Evidence {
        var (kind, account, project): (Evidence.Kind?, Account?, Project?)
        var (object, source): (Evidence.Object?, Evidence.Source?)
        var (occurred, observed): (Instant?, Instant?) = (nil, observedAt)
        var (association, outcome): (Evidence.Association?, Evidence.Outcome?)
        var (counterparties, flags): ([Evidence.Counterparty]?, [Evidence.Flag]?)
        var measures: [Evidence.Measure: Int64]?
        var signature: Evidence.Signature?
        var version: Int64?
        try self.members(&reader) { (name: FactMember, reader) in
            switch name {
            case .account: account = try self.account(&reader)
            case .association: association = try self.word(&reader)
            case .counterparties: counterparties = try self.elements(&reader, self.counterparty)
            case .flags: flags = try self.elements(&reader, self.word)
            case .measures: measures = try self.measures(&reader)
            case .object: object = try self.object(&reader)
            case .observedAt:
                let told = try self.instant(&reader)
                observed = observedAt ?? told
            case .occurredAt: occurred = try self.instant(&reader)
            case .outcome: outcome = try self.word(&reader)
            case .project: project = try self.project(&reader)
            case .signature: signature = try self.signature(&reader)
            case .source: source = try self.source(&reader)
            case .type: kind = try self.word(&reader)
            case .version: version = try self.int(&reader)
            }
        }
        guard version == Evidence.schemaVersion else { throw MalformedEvidence(pointer: "/v") }
        var fact = Evidence(
            kind: try required(kind, "/type"), account: try required(account, "/account"),
            project: try required(project, "/project"), object: try required(object, "/object"),
            occurredAt: try required(occurred, "/occurred_at"), observedAt: try required(observed, "/observed_at"),
            counterparties: try required(counterparties, "/counterparties"), association: association,
            outcome: outcome, measures: try required(measures, "/measures"),
            flags: Set(try required(flags, "/flags")), source: try required(source, "/source"))
        fact.signature = signature
        return fact
    }

    private func signature(_ reader: inout JSONReader) throws -> Evidence.Signature {
        var (state, key, reason): (Evidence.Signature.State?, String?, String?)
        try self.members(&reader) { (name: SignatureMember, reader) in
            switch name {
            case .state: state = try self.word(&reader)
            case .key: key = try self.text(&reader)
            case .reason: reason = try self.text(&reader)
            }
        }
        return Evidence.Signature(state: try required(state, "/state"), key: key, reason: reason)
    }

    private func account(_ reader: inout JSONReader) throws -> Account {
        var (platform, id, login, kind): (String?, String?, String?, Account.Kind?)
        try self.members(&reader) { (name: AccountMember, reader) in
            switch name {
            case .platform: platform = try self.text(&reader)
            case .id: id = try self.text(&reader)
            case .login: login = try self.text(&reader)
            case .kind: kind = try self.word(&reader)
            }
        }
        return Account(
            key: .init(platform: Platform(rawValue: try required(platform, "/platform")), id: try required(id, "/id")),
            login: try required(login, "/login"), kind: try required(kind, "/kind"))
    }

    private func key(_ reader: inout JSONReader) throws -> Account.Key {
        var (platform, id): (String?, String?)
        try self.members(&reader) { (name: KeyMember, reader) in
            switch name {
            case .platform: platform = try self.text(&reader)
            case .id: id = try self.text(&reader)
            }
        }
        return Account.Key(
            platform: Platform(rawValue: try required(platform, "/platform")), id: try required(id, "/id"))
    }

    private func project(_ reader: inout JSONReader) throws -> Project {
        var (platform, id, title, owner): (String?, String?, String?, Account.Key?)
        try self.members(&reader) { (name: ProjectMember, reader) in
            switch name {
            case .platform: platform = try self.text(&reader)
            case .id: id = try self.text(&reader)
            case .name: title = try self.text(&reader)
            case .owner: owner = try self.key(&reader)
            }
        }
        return Project(
            platform: Platform(rawValue: try required(platform, "/platform")), id: try required(id, "/id"),
            name: try required(title, "/name"), owner: owner)
    }

    private func object(_ reader: inout JSONReader) throws -> Evidence.Object {
        var (id, unit, url): (String?, String?, String?)
        var (number, revision, undoes): (Int64?, String?, String?)
        try self.members(&reader) { (name: ObjectMember, reader) in
            switch name {
            case .id: id = try self.text(&reader)
            case .number: number = try self.int(&reader)
            case .revision: revision = try self.text(&reader)
            case .undoes: undoes = try self.text(&reader)
            case .unit: unit = try self.text(&reader)
            case .url: url = try self.text(&reader)
            }
        }
        return Evidence.Object(
            id: try required(id, "/id"), unit: try required(unit, "/unit"), url: url, number: number,
            revision: revision, undoes: undoes)
    }

    private func counterparty(_ reader: inout JSONReader) throws -> Evidence.Counterparty {
        var (account, role): (Account?, Evidence.Counterparty.Role?)
        var association: Evidence.Association?
        try self.members(&reader) { (name: CounterpartyMember, reader) in
            switch name {
            case .account: account = try self.account(&reader)
            case .role: role = try self.word(&reader)
            case .association: association = try self.word(&reader)
            }
        }
        return Evidence.Counterparty(
            account: try required(account, "/account"), role: try required(role, "/role"), association: association)
    }

    private func measures(_ reader: inout JSONReader) throws -> [Evidence.Measure: Int64] {
        var measures: [Evidence.Measure: Int64] = [:]
        guard reader.next == .object else { throw MalformedEvidence(pointer: "") }
        try reader.object { (measure: Evidence.Measure, reader) in
            guard reader.next == .number else { throw MalformedEvidence(pointer: "/\(measure.rawValue)") }
            measures[measure] = try reader.int()
        } other: { name, _ in
            throw MalformedEvidence(pointer: "/\(name)")
        }
        return measures
    }

    private func source(_ reader: inout JSONReader) throws -> Evidence.Source {
        var (adapter, strength, locator, digest): (String?, Evidence.Source.Class?, String?, String?)
        try self.members(&reader) { (name: SourceMember, reader) in
            switch name {
            case .adapter: adapter = try self.text(&reader)
            case .class: strength = try self.word(&reader)
            case .locator: locator = try self.text(&reader)
            case .digest: digest = try self.text(&reader)
            }
        }
        return Evidence.Source(
            adapter: try required(adapter, "/adapter"), class: try required(strength, "/class"),
            locator: try required(locator, "/locator"), digest: try required(digest, "/digest"))
    }
}

// The members of each kind of object.

private enum FactMember: String, JSONWord {
    case account, association, counterparties, flags, measures, object, outcome, project, signature, source, type
    case observedAt = "observed_at"
    case occurredAt = "occurred_at"
    case version = "v"
    static let vocabulary = Vocabulary<Self>()
}

private enum SignatureMember: String, JSONWord {
    case state, key, reason
    static let vocabulary = Vocabulary<Self>()
}

private enum AccountMember: String, JSONWord {
    case platform, id, login, kind
    static let vocabulary = Vocabulary<Self>()
}

private enum KeyMember: String, JSONWord {
    case platform, id
    static let vocabulary = Vocabulary<Self>()
}

private enum ProjectMember: String, JSONWord {
    case platform, id, name, owner
    static let vocabulary = Vocabulary<Self>()
}

private enum ObjectMember: String, JSONWord {
    case id, number, revision, undoes, unit, url
    static let vocabulary = Vocabulary<Self>()
}

private enum CounterpartyMember: String, JSONWord {
    case account, role, association
    static let vocabulary = Vocabulary<Self>()
}

private enum SourceMember: String, JSONWord {
    case adapter, `class`, locator, digest
    static let vocabulary = Vocabulary<Self>()
}
