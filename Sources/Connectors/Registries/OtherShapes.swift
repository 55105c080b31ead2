import CanonicalJSON
import Reputation

/// The npm registry's packuments.
enum NPMShapes {
    private static let platform = Platform(rawValue: "npm")

    static func package(_ place: Place) throws(Refusal) -> RegistryPackage {
        let name = try place["name"].name()
        var package = RegistryPackage(name: name)
        package.url = "https://www.npmjs.com/package/\(name)"
        for person in try place["maintainers"].present.elements() {
            guard let account = try self.account(person) else { continue }
            if !package.owners.contains(where: { $0.key == account.key }) { package.owners.append(account) }
        }
        package.version = try place["dist-tags"]["latest"].name()
        let times = place["time"]
        for (version, release) in try place["versions"].object().members() {
            guard let moment = try times[version].present.moment() else { continue }
            package.releases.append(
                .init(version: version, publishedAt: moment, publisher: try self.account(release["_npmUser"])))
        }
        let latest = try place["versions"][package.version].object()
        package.requires = Set(try latest["dependencies"].present?.members().map(\.name) ?? [])
        package.isDeprecated = latest["deprecated"].present != nil
        package.provenance = latest["dist"]["attestations"].present != nil
        let repository = (latest["repository"].present ?? place["repository"])
        package.repository = RegistryPackage.repository(
            try repository["url"].present.text() ?? repository.value.string)
        return package
    }

    /// A user by name, which npm never gives to somebody else.
    private static func account(_ place: Place) throws(Refusal) -> Account? {
        guard let person = place.present else { return nil }
        let name = try person["name"].name()
        let isProgram = name == "GitHub Actions" || name.hasSuffix("[bot]")
        return Account(
            key: Account.Key(platform: self.platform, id: name), login: name, kind: isProgram ? .bot : .user)
    }
}

/// The answers of crates.io's API about one crate, in one object.
enum CratesShapes {
    private static let platform = Platform(rawValue: "crates")

    static func package(_ place: Place) throws(Refusal) -> RegistryPackage {
        let crate = try place["crate"].object()
        let name = try crate["id"].name().lowercased().replacing("_", with: "-")
        var package = RegistryPackage(name: name)
        package.url = "https://crates.io/crates/\(name)"
        package.version = try (crate["max_stable_version"].present ?? crate["max_version"]).name()
        package.repository = RegistryPackage.repository(try crate["repository"].present.text())
        for user in try place["users"].elements() {
            guard let account = try self.account(user) else { continue }
            if !package.owners.contains(where: { $0.key == account.key }) { package.owners.append(account) }
        }
        for version in try place["versions"].elements() {
            package.releases.append(
                .init(
                    version: try version["num"].name(), publishedAt: try version["created_at"].moment(),
                    publisher: try self.account(version["published_by"])))
            if try version["num"].name() == package.version {
                package.isDeprecated = try version["yanked"].present.flag()
            }
        }
        for dependency in try place["dependencies"].present.elements() {
            if try dependency["kind"].present.text() ?? "normal" != "normal" { continue }
            package.requires.insert(try dependency["crate_id"].name().lowercased().replacing("_", with: "-"))
        }
        return package
    }

    private static func account(_ place: Place) throws(Refusal) -> Account? {
        guard let user = place.present else { return nil }
        let isTeam = try user["kind"].present.text() == "team"
        let id = try user["id"].id()
        return Account(
            key: Account.Key(platform: self.platform, id: isTeam ? "team:\(id)" : id), login: try user["login"].name(),
            kind: isTeam ? .organization : .user)
    }
}
