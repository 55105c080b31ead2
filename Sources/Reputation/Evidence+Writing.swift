internal import CanonicalJSON

extension Evidence {
    /// The canonical text of `document`, written without the tree in between: this is done for every fact ever recorded.
    public var canonicalDocument: String {
        var writer = CanonicalWriter()
        self.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // The members are in the order of their names throughout.
    private func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.name("account")
            self.account.write(to: &writer)
            if let association = self.association { writer.member("association", association.rawValue) }
            writer.name("counterparties")
            writer.array { writer in
                for counterparty in self.counterparties { counterparty.write(to: &writer) }
            }
            writer.name("flags")
            writer.array { writer in
                for flag in self.flags.map(\.rawValue).sorted() { writer.string(flag) }
            }
            writer.name("measures")
            writer.object { writer in
                for (name, value) in self.measures.map({ ($0.key.rawValue, $0.value) }).sorted(by: { $0.0 < $1.0 }) {
                    writer.name(of: name)
                    writer.int(value)
                }
            }
            writer.name("object")
            self.object.write(to: &writer)
            writer.member("observed_at", self.observedAt.rfc3339)
            writer.member("occurred_at", self.occurredAt.rfc3339)
            if let outcome = self.outcome { writer.member("outcome", outcome.rawValue) }
            writer.name("project")
            self.project.write(to: &writer)
            if let signature = self.signature {
                writer.name("signature")
                signature.write(to: &writer)
            }
            writer.name("source")
            self.source.write(to: &writer)
            writer.member("type", self.kind.rawValue)
            writer.member("v", Evidence.schemaVersion)
        }
    }
}

extension Account {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.member("id", self.key.id)
            writer.member("kind", self.kind.rawValue)
            writer.member("login", self.login)
            writer.member("platform", self.key.platform.rawValue)
        }
    }
}

extension Project {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("name", self.name)
            if let owner = self.owner {
                writer.name("owner")
                writer.object { writer in
                    writer.member("id", owner.id)
                    writer.member("platform", owner.platform.rawValue)
                }
            }
            writer.member("platform", self.platform.rawValue)
        }
    }
}

extension Evidence.Object {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            if let number = self.number { writer.member("number", number) }
            if let revision = self.revision { writer.member("revision", revision) }
            if let undoes = self.undoes { writer.member("undoes", undoes) }
            writer.member("unit", self.unit)
            if let url = self.url { writer.member("url", url) }
        }
    }
}

extension Evidence.Counterparty {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.name("account")
            self.account.write(to: &writer)
            if let association = self.association { writer.member("association", association.rawValue) }
            writer.member("role", self.role.rawValue)
        }
    }
}

extension Evidence.Signature {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            if let key = self.key { writer.member("key", key) }
            if let reason = self.reason { writer.member("reason", reason) }
            writer.member("state", self.state.rawValue)
        }
    }
}

extension Evidence.Source {
    fileprivate func write(to writer: inout CanonicalWriter) {
        writer.object { writer in
            writer.member("adapter", self.adapter)
            writer.member("class", self.class.rawValue)
            writer.member("digest", self.digest)
            writer.member("locator", self.locator)
        }
    }
}
